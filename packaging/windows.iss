; Inno Setup 6: an installer for one user, without the rights of an administrator.
; Signing: run signtool on rushes.exe, rushes-gui.exe and the installer, with a certificate.
[Setup]
AppId=app.rushes.Rushes
AppName=Rushes
AppVersion=0.1.0
AppPublisher=The Rushes maintainers
DefaultDirName={autopf}\Rushes
PrivilegesRequired=lowest
SourceDir=..
OutputDir=dist
OutputBaseFilename=rushes-setup
LicenseFile=LICENSE
SetupIconFile=build\icons\rushes.ico
UninstallDisplayIcon={app}\rushes-gui.exe
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
Compression=lzma2
SolidCompression=yes

[Files]
Source: "build\bundle\rushes\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autoprograms}\Rushes"; Filename: "{app}\rushes-gui.exe"

[Registry]
Root: HKA; Subkey: "Software\Classes\rushes"; ValueType: string; ValueData: "Rushes"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\rushes"; ValueType: string; ValueName: "URL Protocol"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\rushes\shell\open\command"; ValueType: string; ValueData: """{app}\rushes-gui.exe"" ""%1"""

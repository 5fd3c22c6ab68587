<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name></name>
    <message numerus="yes">
        <source>%n task(s) added.</source>
        <translation>
            <numerusform>%n task added.</numerusform>
            <numerusform>%n tasks added.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) of the list got what was not known of them.</source>
        <translation>
            <numerusform>%n task of the list got what was not known of it.</numerusform>
            <numerusform>%n tasks of the list got what was not known of them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n done</source>
        <extracomment>So many tasks are named; the rest is counted. Characters of a name.</extracomment>
        <translation>
            <numerusform>%n done</numerusform>
            <numerusform>%n done</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved link(s) ending</source>
        <translation>
            <numerusform>%n unsaved link ending</numerusform>
            <numerusform>%n unsaved links ending</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) waiting for you</source>
        <translation>
            <numerusform>%n account waiting for you</numerusform>
            <numerusform>%n accounts waiting for you</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unsaved</source>
        <translation>
            <numerusform>%n unsaved</numerusform>
            <numerusform>%n unsaved</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed, not looked at</source>
        <translation>
            <numerusform>%n failed, not looked at</numerusform>
            <numerusform>%n failed, not looked at</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{names} and %n more</source>
        <translation>
            <numerusform>{names} and %n more</numerusform>
            <numerusform>{names} and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n expire in &lt; 2 h</source>
        <translation>
            <numerusform>%n expires in &lt; 2 h</numerusform>
            <numerusform>%n expire in &lt; 2 h</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All done. %n new take(s) to review.</source>
        <translation>
            <numerusform>All done. %n new take to review.</numerusform>
            <numerusform>All done. %n new takes to review.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) in the list</source>
        <translation>
            <numerusform>%n row in the list</numerusform>
            <numerusform>%n rows in the list</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) leave the list</source>
        <translation>
            <numerusform>%n row leaves the list</numerusform>
            <numerusform>%n rows leave the list</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task ID(s) found</source>
        <translation>
            <numerusform>%n task ID found</numerusform>
            <numerusform>%n task IDs found</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of these could be keys. Task IDs, or keys?</source>
        <translation>
            <numerusform>%n of these could be a key. A task ID, or a key?</numerusform>
            <numerusform>%n of these could be keys. Task IDs, or keys?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) selected</source>
        <translation>
            <numerusform>%n take selected</numerusform>
            <numerusform>%n takes selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No task ID found in these %n file(s).</source>
        <translation>
            <numerusform>No task ID found in this %n file.</numerusform>
            <numerusform>No task ID found in these %n files.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No take in the list has these %n file(s).</source>
        <translation>
            <numerusform>No take in the list has this %n file.</numerusform>
            <numerusform>No take in the list has these %n files.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) already in the list.</source>
        <translation>
            <numerusform>%n task already in the list.</numerusform>
            <numerusform>%n tasks already in the list.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task ID(s) found. Add their account first.</source>
        <translation>
            <numerusform>%n task ID found. Add its account first.</numerusform>
            <numerusform>%n task IDs found. Add their account first.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Not added: %n task ID(s).</source>
        <translation>
            <numerusform>Not added: %n task ID.</numerusform>
            <numerusform>Not added: %n task IDs.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) are being saved.</source>
        <translation>
            <numerusform>%n take is being saved.</numerusform>
            <numerusform>%n takes are being saved.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) must be saved first. Drag again once they are saved.</source>
        <extracomment>Where files were saved stands so long; those that come meanwhile are told with them (seconds).</extracomment>
        <translation>
            <numerusform>%n take must be saved first. Drag it again once it is saved.</numerusform>
            <numerusform>%n takes must be saved first. Drag again once they are saved.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) of the last 7 days added.</source>
        <translation>
            <numerusform>%n task of the last 7 days added.</numerusform>
            <numerusform>%n tasks of the last 7 days added.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) removed from the list.</source>
        <extracomment>Passed over faster than this by the arrow keys, a take was not looked at.</extracomment>
        <translation>
            <numerusform>%n task removed from the list.</numerusform>
            <numerusform>%n tasks removed from the list.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n material(s)</source>
        <translation>
            <numerusform>%n material</numerusform>
            <numerusform>%n materials</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n texture(s)</source>
        <translation>
            <numerusform>%n texture</numerusform>
            <numerusform>%n textures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) not found with {account}.</source>
        <translation>
            <numerusform>%n task not found with {account}.</numerusform>
            <numerusform>%n tasks not found with {account}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No other account knows %n task(s).</source>
        <translation>
            <numerusform>No other account knows %n task.</numerusform>
            <numerusform>No other account knows %n tasks.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s)</source>
        <translation>
            <numerusform>%n task</numerusform>
            <numerusform>%n tasks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) saved to {folder}</source>
        <translation>
            <numerusform>%n file saved to {folder}</numerusform>
            <numerusform>%n files saved to {folder}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) saved</source>
        <translation>
            <numerusform>%n file saved</numerusform>
            <numerusform>%n files saved</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Folder for the files of %n task(s)</source>
        <translation>
            <numerusform>Folder for the files of %n task</numerusform>
            <numerusform>Folder for the files of %n tasks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) must be saved first. Copy again once they are saved.</source>
        <translation>
            <numerusform>%n take must be saved first. Copy again once it is saved.</numerusform>
            <numerusform>%n takes must be saved first. Copy again once they are saved.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) copied.</source>
        <translation>
            <numerusform>%n file copied.</numerusform>
            <numerusform>%n files copied.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected task(s) have no file.</source>
        <translation>
            <numerusform>%n selected task has no file.</numerusform>
            <numerusform>%n selected tasks have no file.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{folder} and %n other folder(s) are not there. {takes} saved takes cannot be shown until they are back.</source>
        <translation>
            <numerusform>{folder} and %n other folder are not there. {takes} saved takes cannot be shown until they are back.</numerusform>
            <numerusform>{folder} and %n other folders are not there. {takes} saved takes cannot be shown until they are back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{folder} is not there. %n saved take(s) cannot be shown until it is back.</source>
        <translation>
            <numerusform>{folder} is not there. %n saved take cannot be shown until it is back.</numerusform>
            <numerusform>{folder} is not there. %n saved takes cannot be shown until it is back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{folder} is empty. %n saved take(s) cannot be shown until their files are back.</source>
        <translation>
            <numerusform>{folder} is empty. %n saved take cannot be shown until its file is back.</numerusform>
            <numerusform>{folder} is empty. %n saved takes cannot be shown until their files are back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{folder} cannot be read. %n saved take(s) cannot be shown until it can.</source>
        <translation>
            <numerusform>{folder} cannot be read. %n saved take cannot be shown until it can.</numerusform>
            <numerusform>{folder} cannot be read. %n saved takes cannot be shown until it can.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{folder} does not answer. %n saved take(s) cannot be shown until it does.</source>
        <translation>
            <numerusform>{folder} does not answer. %n saved take cannot be shown until it does.</numerusform>
            <numerusform>{folder} does not answer. %n saved takes cannot be shown until it does.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) could be read from it.</source>
        <translation>
            <numerusform>%n task could be read from it.</numerusform>
            <numerusform>%n tasks could be read from it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) came from the backup {backup}.</source>
        <translation>
            <numerusform>%n task came from the backup {backup}.</numerusform>
            <numerusform>%n tasks came from the backup {backup}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Of %n task(s) only the ID was left; they are asked for again.</source>
        <translation>
            <numerusform>Of %n task only the ID was left; it is asked for again.</numerusform>
            <numerusform>Of %n tasks only the IDs were left; they are asked for again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) could not be read and are missing.</source>
        <translation>
            <numerusform>%n task could not be read and is missing.</numerusform>
            <numerusform>%n tasks could not be read and are missing.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n ID(s) could be keys as well and were not added ({lines}). Are they task IDs? Name them on the command line, or say --yes-ids.</source>
        <translation>
            <numerusform>%n ID could be a key as well and was not added ({lines}). Is it a task ID? Name it on the command line, or say --yes-ids.</numerusform>
            <numerusform>%n IDs could be keys as well and were not added ({lines}). Are they task IDs? Name them on the command line, or say --yes-ids.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n number(s) were rounded by a spreadsheet and are no IDs any more ({lines}).</source>
        <translation>
            <numerusform>%n number was rounded by a spreadsheet and is no ID any more ({lines}).</numerusform>
            <numerusform>%n numbers were rounded by a spreadsheet and are no IDs any more ({lines}).</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n ID(s) are incomplete and were left out ({lines}).</source>
        <translation>
            <numerusform>%n ID is incomplete and was left out ({lines}).</numerusform>
            <numerusform>%n IDs are incomplete and were left out ({lines}).</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n reference(s)</source>
        <translation>
            <numerusform>%n reference</numerusform>
            <numerusform>%n references</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Left out: %n number(s) that lost the last digits in the table ({example}). Format the column as text and export again.</source>
        <translation>
            <numerusform>Left out: %n number that lost the last digits in the table ({example}). Format the column as text and export again.</numerusform>
            <numerusform>Left out: %n numbers that lost the last digits in the table ({example}). Format the column as text and export again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Left out: %n ID(s) cut in two by a line break ({example}). Copy again from a wider window.</source>
        <translation>
            <numerusform>Left out: %n ID cut in two by a line break ({example}). Copy again from a wider window.</numerusform>
            <numerusform>Left out: %n IDs cut in two by a line break ({example}). Copy again from a wider window.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) by list prices</source>
        <translation>
            <numerusform>%n take by list prices</numerusform>
            <numerusform>%n takes by list prices</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) by your own prices</source>
        <translation>
            <numerusform>%n take by your own prices</numerusform>
            <numerusform>%n takes by your own prices</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) without a price</source>
        <translation>
            <numerusform>%n take without a price</numerusform>
            <numerusform>%n takes without a price</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s)</source>
        <translation>
            <numerusform>%n take</numerusform>
            <numerusform>%n takes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n frame(s)</source>
        <translation>
            <numerusform>%n frame</numerusform>
            <numerusform>%n frames</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) not saved yet. Next try in {time}: say the same again then, or leave rushes watch --save running.</source>
        <translation>
            <numerusform>%n file not saved yet. Next try in {time}: say the same again then, or leave rushes watch --save running.</numerusform>
            <numerusform>%n files not saved yet. Next try in {time}: say the same again then, or leave rushes watch --save running.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) imported.</source>
        <translation>
            <numerusform>%n take imported.</numerusform>
            <numerusform>%n takes imported.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) of this list got what was missing here.</source>
        <translation>
            <numerusform>%n take of this list got what was missing here.</numerusform>
            <numerusform>%n takes of this list got what was missing here.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n account(s) came along.</source>
        <translation>
            <numerusform>%n account came along.</numerusform>
            <numerusform>%n accounts came along.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Certificate files are not taken over: choose that of %n account(s) again under Accounts.</source>
        <translation>
            <numerusform>Certificate files are not taken over: choose that of %n account again under Accounts.</numerusform>
            <numerusform>Certificate files are not taken over: choose those of %n accounts again under Accounts.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) exported to {name}.</source>
        <translation>
            <numerusform>%n take exported to {name}.</numerusform>
            <numerusform>%n takes exported to {name}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n page(s), a file each.</source>
        <translation>
            <numerusform>%n page, a file each.</numerusform>
            <numerusform>%n pages, a file each.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The links of %n take(s) have ended: the files cannot be fetched any more.</source>
        <translation>
            <numerusform>The link of %n take has ended: the file cannot be fetched any more.</numerusform>
            <numerusform>The links of %n takes have ended: the files cannot be fetched any more.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The files of %n take(s) came damaged. They were kept as they came.</source>
        <translation>
            <numerusform>The file of %n take came damaged. It was kept as it came.</numerusform>
            <numerusform>The files of %n takes came damaged. They were kept as they came.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The take has its new name. Its %n file(s) have the old one.</source>
        <extracomment>What asks for nothing but can be acted on stands so long (seconds). Fewer files are moved before a word about it could be read.</extracomment>
        <translation>
            <numerusform>The take has its new name. Its %n file has the old one.</numerusform>
            <numerusform>The take has its new name. Its %n files have the old one.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) moved back to {folder}.</source>
        <translation>
            <numerusform>%n file moved back to {folder}.</numerusform>
            <numerusform>%n files moved back to {folder}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) moved back.</source>
        <translation>
            <numerusform>%n file moved back.</numerusform>
            <numerusform>%n files moved back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) moved to {folder}.</source>
        <translation>
            <numerusform>%n file moved to {folder}.</numerusform>
            <numerusform>%n files moved to {folder}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) moved.</source>
        <translation>
            <numerusform>%n file moved.</numerusform>
            <numerusform>%n files moved.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>In their place already: %n file(s).</source>
        <translation>
            <numerusform>In its place already: %n file.</numerusform>
            <numerusform>In their place already: %n files.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Files of %n rejected take(s) in this list: {count} ({size}).</source>
        <translation>
            <numerusform>Files of %n rejected take in this list: {count} ({size}).</numerusform>
            <numerusform>Files of %n rejected takes in this list: {count} ({size}).</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Dragged out, opened or put into a timeline: %n of them.</source>
        <translation>
            <numerusform>Dragged out, opened or put into a timeline: %n of them.</numerusform>
            <numerusform>Dragged out, opened or put into a timeline: %n of them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) moved to the trash. Empty it to have {size} back.</source>
        <translation>
            <numerusform>%n file moved to the trash. Empty it to have {size} back.</numerusform>
            <numerusform>%n files moved to the trash. Empty it to have {size} back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) could not be moved there.</source>
        <translation>
            <numerusform>%n file could not be moved there.</numerusform>
            <numerusform>%n files could not be moved there.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Not in the trash any more, or their place is taken: %n file(s).</source>
        <translation>
            <numerusform>Not in the trash any more, or its place is taken: %n file.</numerusform>
            <numerusform>Not in the trash any more, or their place is taken: %n files.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) came back from the trash.</source>
        <translation>
            <numerusform>%n file came back from the trash.</numerusform>
            <numerusform>%n files came back from the trash.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s) refused</source>
        <translation>
            <numerusform>%n attempt refused</numerusform>
            <numerusform>%n attempts refused</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) go where file names and folder rules say now.</source>
        <translation>
            <numerusform>%n file goes where file names and folder rules say now.</numerusform>
            <numerusform>%n files go where file names and folder rules say now.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Dragged out, opened or put into a timeline: %n of them. Programs that use them will not find them any more.</source>
        <translation>
            <numerusform>Dragged out, opened or put into a timeline: %n of them. Programs that use it will not find it any more.</numerusform>
            <numerusform>Dragged out, opened or put into a timeline: %n of them. Programs that use them will not find them any more.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %n file(s)</source>
        <translation>
            <numerusform>Move %n file</numerusform>
            <numerusform>Move %n files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) added to “{name}”.</source>
        <translation>
            <numerusform>%n take added to “{name}”.</numerusform>
            <numerusform>%n takes added to “{name}”.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) added.</source>
        <translation>
            <numerusform>%n take added.</numerusform>
            <numerusform>%n takes added.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n take(s) found their file again.</source>
        <translation>
            <numerusform>%n take found its file again.</numerusform>
            <numerusform>%n takes found their file again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) in the list already.</source>
        <translation>
            <numerusform>%n file in the list already.</numerusform>
            <numerusform>%n files in the list already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) not taken in, nothing says whose they are: {names}</source>
        <translation>
            <numerusform>%n file not taken in, nothing says whose it is: {names}</numerusform>
            <numerusform>%n files not taken in, nothing says whose they are: {names}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) not taken in: add an account of {service} first.</source>
        <translation>
            <numerusform>%n file not taken in: add an account of {service} first.</numerusform>
            <numerusform>%n files not taken in: add an account of {service} first.</numerusform>
        </translation>
    </message>
</context>
</TS>

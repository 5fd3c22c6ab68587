// One model in the middle, lit from two sides. What is called `turn` is where it is turned to.
import QtQuick
import QtQuick3D
import QtQuick3D.AssetUtils
import QtQuick3D.Helpers

View3D {
    id: view

    property alias source: model.source
    property alias problem: model.errorString
    property real turn: 0
    property bool canOrbit: false
    readonly property bool isLoaded: model.status === RuntimeLoader.Success
    readonly property vector3d low: model.bounds.minimum
    readonly property vector3d high: model.bounds.maximum
    readonly property vector3d centre: low.plus(high).times(0.5)
    readonly property real radius: Math.max(1e-6, high.minus(low).length() / 2)

    camera: eye
    environment: SceneEnvironment {
        backgroundMode: SceneEnvironment.Color
        clearColor: "#24262a"
        antialiasingMode: SceneEnvironment.MSAA
        antialiasingQuality: SceneEnvironment.High
    }

    Node {
        id: origin
        eulerRotation.x: -16
        PerspectiveCamera {
            id: eye
            fieldOfView: 34
            z: view.radius / Math.sin(fieldOfView * Math.PI / 360) * 1.02
            clipNear: view.radius / 100
            clipFar: view.radius * 40
        }
    }
    DirectionalLight {
        eulerRotation: Qt.vector3d(-35, -40, 0)
        ambientColor: "#6a6a6a"
        brightness: 1.1
    }
    DirectionalLight {
        eulerRotation: Qt.vector3d(-15, 130, 0)
        brightness: 0.5
    }
    Node {
        eulerRotation.y: view.turn
        RuntimeLoader {
            id: model
            position: view.centre.times(-1)
        }
    }
    OrbitCameraController {
        anchors.fill: parent
        enabled: view.canOrbit
        origin: origin
        camera: eye
    }
}

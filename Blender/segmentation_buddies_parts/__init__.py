"""Click a spot in a photo and get the same part of the active mesh: a panel in the 3D view's sidebar."""

bl_info = {
    "name": "Parts from Photos",
    "author": "SegmentationBuddies",
    "version": (0, 2, 0),
    "blender": (3, 4, 0),
    "location": "3D View > Sidebar > Photo",
    "description": "Click a spot in a photo and get the same part of your mesh",
    "category": "Mesh",
}

from . import operators, panel, properties, work

_modules = (properties, operators, panel)


def register():
    for module in _modules:
        module.register()


def unregister():
    for module in reversed(_modules):
        module.unregister()
    work.close()

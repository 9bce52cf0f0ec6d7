"""What the user sets, and what the panel tells."""

import bpy

TARGETS = (
    ("SELECT", "Selection", "Select the part's faces in edit mode", "RESTRICT_SELECT_OFF", 0),
    ("GROUP", "Vertex Group", "Put the part's vertices into a vertex group, weighted by how likely they are of the part", "GROUP_VERTEX", 1),
    ("ATTRIBUTE", "Face Attribute", "Mark the part's faces in a Boolean attribute", "FACESEL", 2),
    ("MATERIAL", "Material", "Give the part's faces a material slot of their own", "MATERIAL", 3),
)


class Preferences(bpy.types.AddonPreferences):
    bl_idname = __package__

    program: bpy.props.StringProperty(
        name="Program",
        description="The program bsb; empty takes the one on the PATH or in ~/.local/bin. 'pip install segmentation-buddies' brings it",
        subtype="FILE_PATH",
    )

    def draw(self, context):
        self.layout.prop(self, "program")


def program():
    """The program named in the preferences, or None."""
    addon = bpy.context.preferences.addons.get(__package__)
    path = addon.preferences.program if addon and addon.preferences else ""
    return bpy.path.abspath(path) if path else None


class Settings(bpy.types.PropertyGroup):
    image: bpy.props.PointerProperty(type=bpy.types.Image, name="Photo", description="The photo to click in")
    target: bpy.props.EnumProperty(items=TARGETS, name="Make", description="What becomes of the part")
    name: bpy.props.StringProperty(name="Name", default="part", description="The name of the group, attribute or material")
    level: bpy.props.EnumProperty(
        items=(
            ("part", "Part", "The smallest that is meant at the click"),
            ("middle", "Middle", "Between the part and the object"),
            ("object", "Object", "The whole object"),
        ),
        name="Size",
        description="How much is meant by a click",
    )


def register():
    bpy.utils.register_class(Preferences)
    bpy.utils.register_class(Settings)
    bpy.types.Scene.parts_from_photos = bpy.props.PointerProperty(type=Settings)


def unregister():
    del bpy.types.Scene.parts_from_photos
    bpy.utils.unregister_class(Settings)
    bpy.utils.unregister_class(Preferences)

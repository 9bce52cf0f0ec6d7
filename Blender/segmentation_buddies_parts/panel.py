"""The panel in the sidebars of the 3D view and of the image editor."""

import bpy

from . import news, operators

ICONS = {"sure": "CHECKMARK", "unsure": "QUESTION", "none": "CANCEL"}


def draw(layout, context):
    """Draws the panel."""
    settings = context.scene.parts_from_photos
    layout.template_ID(settings, "image", open=operators.OpenPhoto.bl_idname)
    column = layout.column()
    column.prop(settings, "target")
    if settings.target != "SELECT":
        column.prop(settings, "name")
    column.prop(settings, "level")
    layout.operator(operators.ClickPart.bl_idname, icon="EYEDROPPER")
    layout.operator(operators.TexturePart.bl_idname, icon="TEXTURE")
    obj = context.active_object
    if obj is None or obj.type != "MESH":
        layout.label(text="Make a mesh the active object", icon="INFO")
    if news.progress:
        layout.label(text=news.progress, icon="SORTTIME")
    elif news.verdict:
        column = layout.column(align=True)
        for index, line in enumerate(wrapped(news.verdict, max(16, (context.region.width - 60) // 8))):
            column.label(text=line, icon=ICONS.get(news.grade, "INFO") if index == 0 else "BLANK1")


def wrapped(text, width):
    """Lines of at most so many letters, since labels do not wrap."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


class ViewPanel(bpy.types.Panel):
    bl_idname = "PARTS_FROM_PHOTOS_PT_view"
    bl_label = "Parts from Photos"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Photo"

    def draw(self, context):
        draw(self.layout, context)


class ImagePanel(bpy.types.Panel):
    bl_idname = "PARTS_FROM_PHOTOS_PT_image"
    bl_label = "Parts from Photos"
    bl_space_type = "IMAGE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Photo"

    def draw(self, context):
        draw(self.layout, context)


def register():
    bpy.utils.register_class(ViewPanel)
    bpy.utils.register_class(ImagePanel)


def unregister():
    bpy.utils.unregister_class(ImagePanel)
    bpy.utils.unregister_class(ViewPanel)

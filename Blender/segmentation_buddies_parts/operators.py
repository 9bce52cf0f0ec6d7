"""What the panel's buttons do."""

import bpy

from . import geometry, marking, news, work

HINT = "Click in the photo: Shift adds, Ctrl takes away, Esc ends"


def _settings(context):
    return context.scene.parts_from_photos


def _tell(context, grade="", verdict="", progress=""):
    news.grade, news.verdict, news.progress = grade, verdict, progress
    for window in context.window_manager.windows:
        for area in window.screen.areas:
            if area.type in {"VIEW_3D", "IMAGE_EDITOR"}:
                area.tag_redraw()


def ask(obj, pixels, x, y, level="part", wants_texture=False):
    """The question for a pixel of a picture and an object's mesh, which is answered from now on."""
    if obj.mode == "EDIT":
        obj.update_from_editmode()
    surface = geometry.surface(obj.data)
    if not len(surface[2]):
        raise ValueError("the object has no faces")
    return work.Question(pixels, surface, (x, y), level, wants_texture)


def apply(context, obj, question, target, name, how):
    """Marks what was found, and tells it. Returns whether anything was."""
    answer = question.answer
    if not answer.found:
        _tell(context, "none", answer.explanation or "The mesh has no such part.")
        return False
    if not answer.faces.any():
        _tell(context, "none", "; ".join(answer.document["warnings"]))
        return False
    if len(answer.faces) != len(obj.data.polygons):
        _tell(context, "none", "The mesh was changed while it was looked at; click again.")
        return False
    marked = marking.mark(obj, target, name, answer.faces, answer.probability, how)
    found = int(answer.faces.sum())
    verdict = f"{'Found' if answer.grade == 'sure' else 'Perhaps'}: {found} faces"
    _tell(context, answer.grade, verdict if how == "REPLACE" else f"{verdict}, {marked} marked now")
    return True


def _usable(context):
    obj = context.active_object
    return obj is not None and obj.type == "MESH" and obj.mode in {"OBJECT", "EDIT"} and _settings(context).image is not None


class PartAt(bpy.types.Operator):
    """Find the part that a pixel of the photo means, and wait for it; for scripts"""

    bl_idname = "parts_from_photos.part_at"
    bl_label = "Part at Pixel"
    bl_options = {"REGISTER", "UNDO"}

    x: bpy.props.FloatProperty(name="X", description="Pixels from the left")
    y: bpy.props.FloatProperty(name="Y", description="Pixels from the top")
    how: bpy.props.EnumProperty(items=[(how, how.title(), "") for how in ("REPLACE", "ADD", "SUBTRACT")], name="How")

    @classmethod
    def poll(cls, context):
        return _usable(context)

    def execute(self, context):
        settings = _settings(context)
        try:
            question = ask(context.active_object, geometry.pixels(settings.image), self.x, self.y, settings.level)
            question.wait()
            apply(context, context.active_object, question, settings.target, settings.name, self.how)
        except (RuntimeError, ValueError, OSError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, news.verdict)
        return {"FINISHED"}


class _Modal:
    """An operator that takes clicks in the image editor, and lets a thread answer them."""

    def invoke(self, context, event):
        settings = _settings(context)
        if not any(area.type == "IMAGE_EDITOR" for area in context.screen.areas) and not show_photo(context, settings.image):
            self.report({"ERROR"}, "There is no room for an image editor; open one, and the photo in it")
            return {"CANCELLED"}
        for area in context.screen.areas:
            if area.type == "IMAGE_EDITOR":
                area.spaces.active.image = settings.image
        self.object = context.active_object
        self.question = None
        self.picture = None
        self.timer = context.window_manager.event_timer_add(0.05, window=context.window)
        context.window_manager.modal_handler_add(self)
        context.workspace.status_text_set(HINT)
        context.window.cursor_modal_set("EYEDROPPER")
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if event.type == "TIMER":
            return self.look(context)
        if event.type in {"ESC", "RIGHTMOUSE"} and event.value == "PRESS":
            if self.question is not None:
                self.question.cancel()
                self.question = None
                _tell(context, verdict="Cancelled")
                context.workspace.status_text_set(HINT)
                return {"RUNNING_MODAL"}
            return self.finish(context)
        if event.type == "LEFTMOUSE" and event.value == "PRESS":
            pixel = clicked_pixel(context, event, _settings(context).image)
            if pixel is not None:
                how = "SUBTRACT" if event.ctrl else "ADD" if event.shift else "REPLACE"
                return self.click(context, pixel, how)
        return {"PASS_THROUGH"}

    def click(self, context, pixel, how):
        if self.question is not None:
            self.question.cancel()
        try:
            self.how = how
            settings = _settings(context)
            # A large photo takes a part of a second to copy: once for all clicks.
            if self.picture is None or self.picture[0] != settings.image:
                self.picture = (settings.image, geometry.pixels(settings.image))
            self.question = ask(self.object, self.picture[1], *pixel, settings.level, self.wants_texture)
        except (ReferenceError, ValueError, OSError) as error:
            return self.failed(context, error)
        _tell(context, progress=self.question.progress)
        return {"RUNNING_MODAL"}

    def look(self, context):
        """Takes what the question's thread has said."""
        if self.question is None or not self.question.poll():
            return {"PASS_THROUGH"}
        if not self.question.is_done:
            _tell(context, progress=self.question.progress)
            context.workspace.status_text_set(f"{self.question.progress} (Esc cancels)")
            return {"PASS_THROUGH"}
        question, self.question = self.question, None
        context.workspace.status_text_set(HINT)
        if question.error is not None:
            return self.failed(context, question.error)
        try:
            done = self.done(context, question)
        except (ReferenceError, RuntimeError, ValueError) as error:
            return self.failed(context, error)
        return {"PASS_THROUGH"} if not done else done

    def failed(self, context, error):
        message = "The object is gone" if isinstance(error, ReferenceError) else str(error)
        _tell(context, "none", message)
        self.report({"ERROR"}, message)
        return {"RUNNING_MODAL"}

    def finish(self, context):
        self.cancel(context)
        return {"FINISHED"}

    def cancel(self, context):
        if self.question is not None:
            self.question.cancel()
        context.window_manager.event_timer_remove(self.timer)
        context.window.cursor_modal_restore()
        context.workspace.status_text_set(None)


class ClickPart(_Modal, bpy.types.Operator):
    """Click in the photo to find the part on the active object. Shift adds to what is marked, Ctrl takes away, Esc ends"""

    bl_idname = "parts_from_photos.click"
    bl_label = "Click in Photo"

    wants_texture = False

    @classmethod
    def poll(cls, context):
        return _usable(context)

    def done(self, context, question):
        settings = _settings(context)
        with context.temp_override(active_object=self.object, object=self.object):
            if apply(context, self.object, question, settings.target, settings.name, self.how):
                bpy.ops.ed.undo_push(message="Part from Photo")


class TexturePart(_Modal, bpy.types.Operator):
    """Click in the photo to fill the part's material with the look that it has there. Esc ends"""

    bl_idname = "parts_from_photos.texture"
    bl_label = "Texture from Photo"

    wants_texture = True

    @classmethod
    def poll(cls, context):
        return _usable(context)

    def done(self, context, question):
        with context.temp_override(active_object=self.object, object=self.object):
            if paint(context, self.object, question):
                bpy.ops.ed.undo_push(message="Texture from Photo")


def paint(context, obj, question):
    """Fills the material of what was found with the photo's look, and tells it. Returns whether anything was found."""
    settings = _settings(context)
    editing = obj.mode == "EDIT"
    if not apply(context, obj, question, "MATERIAL", settings.name, "REPLACE"):
        return False
    texture = question.texture
    if not texture or texture.triangles is None:
        _tell(context, "none", "The part could not be laid onto the photo.")
        return False
    if editing:
        bpy.ops.object.mode_set(mode="OBJECT")
    marking.paint(obj, settings.name, texture.picture, texture.coordinates, texture.triangles)
    if editing:
        bpy.ops.object.mode_set(mode="EDIT")
    _tell(context, question.answer.grade, f"Painted {int(question.answer.faces.sum())} faces; see them in Material Preview")
    return True


class OpenPhoto(bpy.types.Operator):
    """Open a photo to click in"""

    bl_idname = "parts_from_photos.open"
    bl_label = "Open Photo"
    bl_options = {"REGISTER", "UNDO"}

    filepath: bpy.props.StringProperty(subtype="FILE_PATH")
    filter_image: bpy.props.BoolProperty(default=True, options={"HIDDEN"})
    filter_folder: bpy.props.BoolProperty(default=True, options={"HIDDEN"})

    def invoke(self, context, event):
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        try:
            image = bpy.data.images.load(self.filepath, check_existing=True)
        except RuntimeError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        _settings(context).image = image
        show_photo(context, image)
        return {"FINISHED"}


def show_photo(context, image):
    """Shows an image in an image editor, which becomes half of the 3D view if there is none. Returns whether it is shown."""
    screen = context.screen
    if screen is None:
        return False
    areas = [area for area in screen.areas if area.type == "IMAGE_EDITOR"]
    if not areas:
        views = sorted((area for area in screen.areas if area.type == "VIEW_3D"), key=lambda area: -area.width * area.height)
        if not views:
            return False
        before = set(screen.areas)
        with context.temp_override(area=views[0], region=views[0].regions[-1]):
            bpy.ops.screen.area_split(direction="VERTICAL", factor=0.5)
        areas = [area for area in screen.areas if area not in before][:1]
        if not areas:
            return False
        areas[0].type = "IMAGE_EDITOR"
    areas[0].spaces.active.image = image
    return True


def clicked_pixel(context, event, image):
    """The pixel (x, y) from the upper left that an event is on, in an image editor that shows the image; None elsewhere."""
    for area in context.screen.areas:
        if area.type != "IMAGE_EDITOR" or area.spaces.active.image != image:
            continue
        for region in area.regions:
            x, y = event.mouse_x - region.x, event.mouse_y - region.y
            if region.type != "WINDOW" and 0 <= x < region.width and 0 <= y < region.height and region.width > 1:
                return None  # a header or a sidebar over the picture
        for region in area.regions:
            x, y = event.mouse_x - region.x, event.mouse_y - region.y
            if region.type == "WINDOW" and 0 <= x < region.width and 0 <= y < region.height:
                u, v = region.view2d.region_to_view(x, y)
                if 0 <= u < 1 and 0 < v <= 1:
                    return u * image.size[0], (1 - v) * image.size[1]
    return None


_classes = (PartAt, ClickPart, TexturePart, OpenPhoto)


def register():
    for cls in _classes:
        bpy.utils.register_class(cls)


def unregister():
    for cls in reversed(_classes):
        bpy.utils.unregister_class(cls)

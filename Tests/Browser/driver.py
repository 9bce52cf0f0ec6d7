"""What a person does on the page, and what they see."""

import base64
import colorsys
import io
import json

from PIL import Image
from playwright.sync_api import TimeoutError


class Studio:
    def __init__(self, page):
        self.page = page
        self.click_of_example = None

    # Files

    def drop(self, pane, *paths):
        """Drops files on a side of the page."""
        files = [{"name": p.name, "data": base64.b64encode(p.read_bytes()).decode()} for p in paths]
        transfer = self.page.evaluate_handle(
            """files => {
              const transfer = new DataTransfer();
              for (const { name, data } of files) transfer.items.add(new File([Uint8Array.from(atob(data), c => c.charCodeAt(0))], name));
              return transfer;
            }""", files)
        for event in ("dragenter", "dragover", "drop"):
            self.page.dispatch_event(pane, event, {"dataTransfer": transfer})
        self.page.locator("#busy").wait_for(state="hidden")

    def open_example(self, folder):
        self.drop("#photo-pane", folder / "photo.png")
        self.drop("#mesh-pane", folder / "mesh.obj")
        self.wait_for_mesh()
        self.click_of_example = tuple(int(c) for c in (folder / "click.txt").read_text().split(","))
        return self

    def wait_for_mesh(self):
        self.page.locator("#mesh-pane .empty").wait_for(state="hidden")
        self.page.locator("#progress").wait_for(state="hidden", timeout=120000)

    # Photo

    @property
    def size(self):
        text = self.page.locator("#photo-pane .file-size").text_content()
        return tuple(float(part) for part in text.split("×"))

    def place_of(self, x, y):
        """Where on the page a pixel of the photo is, as long as the photo is not zoomed."""
        box, (width, height) = self.page.locator("#photo").bounding_box(), self.size
        scale = min((box["width"] - 48) / width, (box["height"] - 48) / height)
        return (box["x"] + (box["width"] - width * scale) / 2 + (x + 0.5) * scale,
                box["y"] + (box["height"] - height * scale) / 2 + (y + 0.5) * scale)

    def click_photo(self, x=None, y=None, **options):
        if x is None:
            x, y = self.click_of_example
        with_shift = options.pop("shift", False)
        if with_shift:
            self.page.keyboard.down("Shift")
        self.page.mouse.click(*self.place_of(x, y), **options)
        if with_shift:
            self.page.keyboard.up("Shift")
        return self

    # Mesh

    def mesh_place(self, u=0.5, v=0.5):
        box = self.page.locator("#mesh").bounding_box()
        return box["x"] + u * box["width"], box["y"] + v * box["height"]

    def drag_mesh(self, start, end, button="left"):
        self.page.mouse.move(*self.mesh_place(*start))
        self.page.mouse.down(button=button)
        self.page.mouse.move(*self.mesh_place(*end), steps=6)
        self.page.mouse.up(button=button)

    def picture(self, selector="#mesh"):
        """The canvas as it is seen, once nothing moves any more."""
        last = None
        for _ in range(40):
            self.page.wait_for_timeout(120)
            now = self.page.locator(selector).screenshot()
            if now == last:
                break
            last = now
        return Image.open(io.BytesIO(now)).convert("RGB")

    def coloured(self, hue, selector="#mesh"):
        """How many pixels of the canvas have a hue (0 to 1, within 0.05) strongly."""
        count = 0
        for n, rgb in self.picture(selector).getcolors(1 << 24):
            h, s, v = colorsys.rgb_to_hsv(*(c / 255 for c in rgb))
            if s > 0.5 and v > 0.2 and abs((h - hue + 0.5) % 1 - 0.5) < 0.05:
                count += n
        return count

    # Answers

    def answered(self, state="done"):
        try:
            self.page.locator(f"#verdict[data-state={state}]").wait_for(timeout=60000)
        except TimeoutError as error:
            seen = self.page.evaluate("[document.querySelector('#verdict').outerHTML, document.querySelector('#failures').innerText, document.visibilityState]")
            raise AssertionError(f"no answer within a minute; the page has {seen}") from error
        return self

    def settled(self):
        """Waits until no colour is on its way to another: half way, a button that was just enabled has too little contrast."""
        self.page.evaluate("Promise.allSettled(document.getAnimations().filter(each => each instanceof CSSTransition).map(each => each.finished))")
        return self

    @property
    def grade(self):
        return self.page.locator("#verdict").get_attribute("data-grade")

    @property
    def facts(self):
        names, values = (self.page.locator(f"#facts {tag}").all_text_contents() for tag in ("dt", "dd"))
        return dict(zip(names, values))

    @property
    def faces(self):
        return int(self.facts["Faces"].replace(",", ""))

    @property
    def parts(self):
        return [field.input_value() for field in self.page.locator("#parts .name").all()]

    def keep(self, name):
        self.press("k")
        self.page.keyboard.type(name)
        self.press("Enter")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def mask(self):
        """The part's mask of the photo."""
        return self.remembered["document"]["record"]["masks"]["part"]

    @property
    def remembered(self):
        """What the tab keeps over a reload, a moment after the last change."""
        self.page.wait_for_timeout(400)
        return json.loads(self.page.evaluate("sessionStorage.getItem('bsb-studio')"))


BLUE, ORANGE = 0.603, 0.038

"""Clicks in the photo and on the mesh, refined, undone."""

from driver import BLUE, ORANGE


def test_a_click_in_the_photo_lights_the_part(guitar):
    assert guitar.coloured(BLUE) == 0
    guitar.click_photo().answered()
    assert guitar.grade in ("sure", "unsure")
    assert guitar.coloured(BLUE) > 200
    assert guitar.coloured(BLUE, "#photo") > 50
    assert 0 < guitar.faces < 17360


def test_refining_changes_the_mask_and_undo_gives_it_back(guitar):
    x, y = guitar.click_of_example
    guitar.click_photo().answered()
    first, faces = guitar.mask, guitar.faces
    guitar.click_photo(x, y + 60, shift=True).answered()
    more = guitar.mask
    assert more != first
    guitar.click_photo(x, y + 100, button="right").answered()
    assert [p["isWanted"] for p in guitar.remembered["document"]["question"]["points"]] == [True, True, False]
    guitar.press("Control+z")
    assert guitar.mask == more
    guitar.press("Control+z")
    assert guitar.mask == first and guitar.faces == faces
    lit = guitar.coloured(BLUE)
    guitar.press("Control+z")
    assert guitar.coloured(BLUE) == 0
    guitar.press("Control+Shift+z")
    assert guitar.faces == faces
    assert abs(guitar.coloured(BLUE) - lit) < 0.2 * lit


def test_a_box_and_the_levels_ask_again(guitar):
    x, y = guitar.click_of_example
    guitar.press("b")
    start, end = guitar.place_of(x - 30, y - 40), guitar.place_of(x + 30, y + 40)
    guitar.page.mouse.move(*start)
    guitar.page.mouse.down()
    guitar.page.mouse.move(*end, steps=4)
    guitar.page.mouse.up()
    guitar.answered()
    assert guitar.facts
    guitar.press("3")
    guitar.answered()
    whole = guitar.page.locator("input[name=level][value=object]")
    assert whole.is_checked()


def test_the_hover_mask_follows_the_pointer(guitar):
    assert guitar.coloured(BLUE, "#photo") < 50
    before = guitar.picture("#photo")
    guitar.page.mouse.move(*guitar.place_of(*guitar.click_of_example))
    guitar.page.wait_for_timeout(600)
    assert guitar.picture("#photo").tobytes() != before.tobytes()


def test_heat_and_other_places(guitar):
    guitar.click_photo().answered()
    plain = guitar.picture().tobytes()
    guitar.press("h")
    guitar.page.locator("#heat[aria-pressed=true]").wait_for()
    assert guitar.picture().tobytes() != plain
    guitar.press("h", "a")
    guitar.page.locator("#others li").first.wait_for()
    guitar.page.locator("#others li button").last.hover()
    assert guitar.picture().getbbox()


def test_a_click_on_the_mesh_is_found_in_the_photo(guitar):
    guitar.page.mouse.click(*guitar.mesh_place(0.5, 0.66))
    guitar.answered()
    assert guitar.faces > 0
    assert guitar.coloured(BLUE) > 200
    assert "photo" in guitar.page.locator("#verdict h2").text_content().lower()


def test_a_part_that_the_mesh_lacks_is_said_to_be_missing(studio, example, tmp_path):
    mug, bare, kept = example("mug"), tmp_path / "bare.obj", True
    with open(mug / "mesh.obj") as whole, open(bare, "w") as file:
        for line in whole:
            if line.startswith("g "):
                kept = line.strip() != "g handle"
            if kept or not line.startswith("f "):
                file.write(line)
    studio.drop("#photo-pane", mug / "photo.png")
    studio.drop("#mesh-pane", bare)
    studio.wait_for_mesh()
    studio.click_photo(*map(int, (mug / "click.txt").read_text().split(","))).answered()
    assert studio.grade == "none"
    assert studio.page.locator("#verdict h2").text_content() == "No such part"
    assert studio.coloured(BLUE) == 0
    # The most likely place is marked all the same.
    assert isinstance(studio.remembered["document"]["record"]["likeliest"], int)
    assert "faint ring" in studio.page.locator("#verdict").text_content()


def test_a_drag_turns_the_mesh_and_is_no_click(guitar):
    before = guitar.picture().tobytes()
    guitar.drag_mesh((0.5, 0.5), (0.7, 0.55))
    assert guitar.picture().tobytes() != before
    assert guitar.page.locator("#verdict").get_attribute("data-state") == "idle"


def test_the_brush_paints_and_erases_with_undo(guitar):
    guitar.press("d")
    guitar.drag_mesh((0.5, 0.7), (0.56, 0.74))
    painted = guitar.faces
    assert painted > 0 and guitar.coloured(BLUE) > 50
    guitar.press("e")
    guitar.drag_mesh((0.5, 0.7), (0.52, 0.72))
    assert 0 < guitar.faces < painted
    guitar.press("Control+z")
    assert guitar.faces == painted
    guitar.press("v", "k", "Enter")
    guitar.press("d")
    guitar.drag_mesh((0.48, 0.8), (0.5, 0.82))
    assert guitar.coloured(ORANGE) > 20

"""The paper's matching step, written out plainly in NumPy, on random features: what `SegmentationBuddyMatcher` is compared with.

    python -m export_foundation.matching ../Tests/CorrespondenceTests/Fixtures/matching.json

Steps 2 to 5 of the method (Eq. 3 and 5), with the whole picture's features built and every pixel compared. Ties: candidates by higher
similarity, then lower index; pixels in reading order; the buddy by higher IoU, then higher similarity, then lower index.
"""

import json
import pathlib
import sys

import numpy


def pixel_features(grid, width, height):
    """rows x columns x d -> height x width x d, bilinear between cell centres, clamped at the border."""
    rows, columns, _ = grid.shape

    def axis(count, cells):
        position = numpy.clip((numpy.arange(count) + 0.5) * cells / count - 0.5, 0, cells - 1)
        lower = position.astype(int)
        return lower, numpy.minimum(lower + 1, cells - 1), position - lower

    y0, y1, fy = axis(height, rows)
    x0, x1, fx = axis(width, columns)
    fy, fx = fy[:, None, None], fx[None, :, None]
    upper = grid[y0][:, x0] + (grid[y0][:, x1] - grid[y0][:, x0]) * fx
    lower = grid[y1][:, x0] + (grid[y1][:, x1] - grid[y1][:, x0]) * fx
    return upper + (lower - upper) * fy


def cosine(vectors, query):
    lengths = numpy.linalg.norm(vectors, axis=-1) * numpy.linalg.norm(query)
    # Rounded, so that what is equal but for the last bits is a tie here too.
    return numpy.round(vectors @ query / lengths, 10)


def iou(a, b):
    either = (a | b).sum()
    return (a & b).sum() / either if either else 0.0


def match(case, grid, vertices, regions):
    """The candidates and the buddy. `regions` is the segmenter: the mask of a click is its pixel's region."""
    width, height, (cx, cy) = case["width"], case["height"], case["click"]
    features = pixel_features(grid, width, height)
    object_mask = regions >= 0
    part_mask = regions == regions[cy, cx]
    similarity = cosine(vertices, features[cy, cx])
    order = sorted(range(len(vertices)), key=lambda v: (-similarity[v], v))[: case["k"]]
    candidates, best = [], None
    for v in order:
        back = cosine(features, vertices[v])
        back[~object_mask] = -numpy.inf
        qy, qx = numpy.unravel_index(numpy.argmax(back), back.shape)
        qualifies = bool(part_mask[qy, qx])
        # The segmenter is asked again at the pixel; the mask of a shrunk region tells candidates apart.
        overlap = float(iou(part_mask, shrunk(regions, qx, qy))) if qualifies else None
        candidates.append({"vertex": v, "pixel": [int(qx), int(qy)], "qualifies": qualifies, "iou": overlap})
        rank = (overlap, similarity[v], -v) if qualifies else None
        if rank and (best is None or rank > best[0]):
            best = (rank, v)
    return candidates, best[1] if best else None


def shrunk(regions, x, y):
    """A mask that depends on the pixel within its region: the region's pixels in rows not above it."""
    mask = regions == regions[y, x]
    mask[:y] = False
    return mask


def make(seed, duplicates):
    generator = numpy.random.default_rng(seed)
    width, height, rows, columns, d, n = 26, 22, 5, 6, 4, 60
    # Whole numbers keep sums exact, so that ties are ties in any precision.
    grid = generator.integers(-4, 5, (rows, columns, d)).astype(float)
    grid[(grid == 0).all(-1)] = 1
    vertices = generator.integers(-4, 5, (n, d)).astype(float)
    vertices[(vertices == 0).all(-1)] = 1
    if duplicates:
        # Equal vertices, and equal cells that make whole areas equal.
        vertices[n // 2:] = vertices[: n - n // 2]
        grid[1:3, 1:4] = grid[1, 1]
    regions = (numpy.arange(height)[:, None] // 8) * 3 + numpy.arange(width)[None] // 9
    regions[:2] = -1
    case = {"width": width, "height": height, "rows": rows, "columns": columns, "dimension": d, "k": 25 if seed < 8 else 2,
            "click": [int(generator.integers(0, width)), int(generator.integers(2, height))]}
    candidates, buddy = match(case, grid, vertices, regions)
    return case | {"grid": grid.ravel().tolist(), "vertices": vertices.ravel().tolist(), "regions": regions.ravel().tolist(),
                   "candidates": candidates, "buddy": buddy}


if __name__ == "__main__":
    path = pathlib.Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    cases = [make(seed, duplicates=seed % 2 == 1) for seed in range(12)]
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    print(sum(case["buddy"] is not None for case in cases), "of", len(cases), "have a buddy")

"""What a pixel may be called: classes, and sets of candidate classes for weak labels.

A class is "Category/part", or "Category" for things without labelled parts. Every weak label (an unlabelled mesh of a known kind, a
garment that covers two body parts, the category of a whole photo) is a set of candidate classes of which one must be right.
"""

from dataclasses import dataclass, field

import torch

BACKGROUND, OBJECT, IGNORE = 255, 254, 253
THING = "Thing"  # the category of everyday objects

# Kinds of unlabelled meshes and of photos that have the parts of a labelled mesh category.
SAME_PARTS = {
    "Biplane": ["Airplane/*"],
    "Jet": ["Airplane/*"],
    "Monoplane": ["Airplane/*"],
    "AquaticAnimal": ["Fish/*"],
    "HumanHead": ["Bust/*"],
    "Humanoid": ["Human/*"],
    "Insect": ["Ant/*"],
    "Mug": ["Cup/*"],
    "NonWheelChair": ["Chair/*"],
    "Quadruped": ["FourLeg/*"],
    "RectangleTable": ["Table/*"],
    "RoundTable": ["Table/*"],
    "Bottle": ["Vase/*"],
    "DeskLamp": ["Lamp/*"],
    "FloorLamp": ["Lamp/*"],
    "airplanes": ["Airplane/*"],
    "ant": ["Ant/*"],
    "bass": ["Fish/*"],
    "beaver": ["FourLeg/*"],
    "car_side": ["Car/*"],
    "chair": ["Chair/*"],
    "cougar_body": ["FourLeg/*"],
    "cup": ["Cup/*"],
    "dalmatian": ["FourLeg/*"],
    "dolphin": ["Fish/*"],
    "electric_guitar": ["Guitar/*"],
    "elephant": ["FourLeg/*"],
    "emu": ["Bird/*"],
    "ewer": ["Vase/*"],
    "Faces": ["Bust/*"],
    "flamingo": ["Bird/*"],
    "ferry": ["Ship/*"],
    "gerenuk": ["FourLeg/*"],
    "grand_piano": ["ClassicPiano/*"],
    "helicopter": ["Helicopter/*"],
    "horse": ["FourLeg/*"],
    "ibis": ["Bird/*"],
    "kangaroo": ["FourLeg/*"],
    "ketch": ["Ship/*"],
    "lamp": ["Lamp/*"],
    "mandolin": ["Guitar/*", "Violin/*"],
    "schooner": ["Ship/*"],
    "wrench": ["Tool/*", "Plier/*"],
    "Leopards": ["FourLeg/*"],
    "llama": ["FourLeg/*"],
    "Motorbikes": ["Motorcycle/*"],
    "octopus": ["Octopus/*"],
    "okapi": ["FourLeg/*"],
    "panda": ["FourLeg/*"],
    "pigeon": ["Bird/*"],
    "rhino": ["FourLeg/*"],
    "rooster": ["Bird/*"],
    "scissors": ["Plier/*"],
    "wheelchair": ["WheelChair/*"],
    "wild_cat": ["FourLeg/*"],
    "windsor_chair": ["Chair/*"],
}

_FEET = "boots clogs flats heels loafers pumps sandals shoes sneakers wedges"
_TOPS = "blazer blouse bodysuit cape cardigan coat hoodie jacket jumper shirt suit sweater sweatshirt t-shirt top vest"
_LEGS = "jeans leggings pants panties shorts skirt stockings tights"
_HEAD = "glasses hair hat sunglasses earrings"


def garment_sets() -> dict[str, list[str]]:
    """The body parts that each kind of garment may cover."""
    sets = {}
    sets |= {name: ["Human/foot"] for name in _FEET.split()}
    sets |= {name: ["Human/torso", "Human/upperarm", "Human/lowerarm"] for name in _TOPS.split()}
    sets |= {name: ["Human/upperleg", "Human/lowerleg"] for name in _LEGS.split()}
    sets |= {name: ["Human/head"] for name in _HEAD.split()}
    sets |= {name: ["Human/torso", "Human/upperleg", "Human/lowerleg"] for name in ("dress", "romper", "intimate", "swimwear")}
    sets |= {name: ["Human/torso"] for name in ("belt", "bra", "tie", "necklace", "scarf")}
    sets |= {name: ["Human/hand", "Human/lowerarm"] for name in ("gloves", "bracelet", "watch", "ring")}
    sets["socks"] = ["Human/foot", "Human/lowerleg"]
    limbs = ["upperarm", "lowerarm", "hand", "upperleg", "lowerleg", "foot", "head", "torso"]
    sets["skin"] = ["Human/" + limb for limb in limbs]
    return sets


@dataclass
class Vocabulary:
    """Classes in a fixed order (those of the labelled meshes first), and candidate sets; set i < classes is class i alone."""

    classes: list[str]
    sets: dict[str, list[int]] = field(default_factory=dict)

    @classmethod
    def build(cls, labelled: list[str], categories: list[str], extra: dict[str, list[str]]) -> "Vocabulary":
        """From labelled classes, the categories of unlabelled meshes, and the candidate sets (class names, wildcards) of photos."""
        named = dict(extra)
        for category in categories:
            named[category] = SAME_PARTS.get(category, [category + "/*"])
        classes = list(dict.fromkeys(labelled))
        for patterns in named.values():
            classes += [p for p in patterns if not p.endswith("/*") and p not in classes]
        for patterns in named.values():
            for pattern in patterns:
                stem = pattern.removesuffix("/*")
                if pattern.endswith("/*") and not any(c == stem or c.startswith(stem + "/") for c in classes):
                    classes.append(stem)
        vocabulary = cls(classes)
        for name in sorted(named):
            vocabulary.sets[name] = sorted({i for pattern in named[name] for i in vocabulary.matching(pattern)})
        return vocabulary

    def matching(self, pattern: str) -> list[int]:
        """Indices of the classes that a name or a "Category/*" stands for."""
        stem = pattern.removesuffix("/*")
        wild = pattern.endswith("/*")
        return [i for i, c in enumerate(self.classes) if c == stem or (wild and c.startswith(stem + "/"))]

    def set_index(self, name: str) -> int:
        """The index of a named set: after all the single classes."""
        return len(self.classes) + list(self.sets).index(name)

    def table(self) -> torch.Tensor:
        """[sets, classes], 1 where the class is a candidate."""
        count = len(self.classes)
        table = torch.zeros(count + len(self.sets), count)
        table[:count] = torch.eye(count)
        for row, members in enumerate(self.sets.values()):
            table[count + row, members] = 1
        return table

    def to_dict(self) -> dict:
        return {"classes": self.classes, "sets": self.sets}

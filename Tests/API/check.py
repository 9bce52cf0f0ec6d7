"""Asks a running studio what docs/openapi.json allows, and what it does not, by property-based requests (schemathesis).

Ids of things that are open stand in the description beside made-up ones, so that requests reach what is behind them. None may end in a
status of 500 or above, in one that the description does not know, or in a body that is not as described.
"""

import json
import pathlib
import subprocess
import sys
import urllib.error

from studio import ROOT, Studio

MISSING = "0" * 32
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def seed(studio):
    """Opens an example and answers a click; ids by the names that the description has for them."""
    opened = studio.ask("POST", "/api/examples/mug")
    photo, mesh, click = opened["photo"]["id"], opened["mesh"]["id"], opened["click"]
    asked = studio.ask("POST", "/api/match", {"photo": photo, "mesh": mesh, "click": {"x": click[0], "y": click[1]}})
    assert list(studio.events(asked["id"]))[-1][0] == "answer"
    upload, conversation = (studio.ask("POST", f"/api/{kind}")["id"] for kind in ("uploads", "conversations"))
    return {
        "photo": photo, "second": photo, "mesh": mesh, "meshes": mesh, "photos": photo, "answer": asked["id"], "upload": upload,
        "conversation": conversation,
    }


def with_ids(node, ids, name=None):
    """The description with ids of what is open; the name of a property or parameter says of what kind."""
    if isinstance(node, dict):
        if node.get("$ref") == "#/components/schemas/ID" and name in ids:
            return {"type": "string", "enum": [ids[name], MISSING]}
        if node.get("in") in ("path", "query") and node.get("name") in ids:
            return {**node, "schema": {"type": "string", "enum": [ids[node["name"]], MISSING]}}
        return {key: with_ids(value, ids, name if key == "items" else key) for key, value in node.items()}
    if isinstance(node, list):
        return [with_ids(value, ids, name) for value in node]
    return node


def describe(ids):
    description = json.loads((ROOT / "docs/openapi.json").read_text())
    plain = {path: {"delete": methods.pop("delete")} for path, methods in description["paths"].items() if "delete" in methods}
    seeded = with_ids(description, ids)
    # Whatever is deleted is not what the other requests need.
    for path, methods in plain.items():
        seeded["paths"].setdefault(path, {}).update(methods)
    return seeded


def main():
    examples, workers = int(sys.argv[1]) if len(sys.argv) > 1 else 100, "2"
    with Studio("--no-cache", "--views", "4", "--segment-views", "6", "--max-upload", "4") as studio:
        folder = pathlib.Path(studio.folder.name)
        (folder / "openapi.json").write_text(json.dumps(describe(seed(studio))))
        report = folder / "report.ndjson"
        code = subprocess.call(
            [
                pathlib.Path(sys.executable).with_name("schemathesis"), "run", folder / "openapi.json", "--url", studio.address, "--checks", CHECKS,
                "--max-examples", str(examples), "--workers", workers, "--phases", "examples,coverage,fuzzing", "--mode", "all",
                "--generation-deterministic", "--continue-on-failure", "--suppress-health-check", "all", "--request-timeout", "60",
                "--warnings", "off", "--no-color", "--report", "ndjson", "--report-ndjson-path", report,
            ], cwd=folder)
        text = report.read_text()
        requests = text.count('"status_code":')
        worst = sorted({int(part.split(",")[0].strip("} ")) for part in text.split('"status_code":')[1:]})
        health = studio.ask("GET", "/api/health")
        memory = studio.memory
        ended, left = studio.stop()
    print(f"{requests} requests, statuses {worst}; then: {health['status']}, {memory:.0f} MB; ended with {ended}, left {left}")
    return code or ended or bool(left) or health["status"] != "ok" or not requests or max(worst) >= 500


if __name__ == "__main__":
    sys.exit(main())

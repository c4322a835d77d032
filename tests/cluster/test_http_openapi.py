"""docs/openapi.json: valid, complete, and true: what the ports answer has the shapes that it says."""

import json
import os
import re

import pytest

from harness import ROOT, finish, ok, start_quern, submit
from test_http import fetch, get, ui_of

try:
    import jsonschema
except ImportError:
    if os.environ.get("CI"):
        raise
    pytest.skip("jsonschema is missing: tools/deps.sh check installs it", allow_module_level=True)

DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text())
ROUTE = re.compile(r'\{\s*\\?\s*"(GET|POST)",\s*(base)?\s*("[^"]*")?,\s*(?:ui|get|page|q_http_get)_')
BASE = re.compile(r'^\s*SPARK_APPLICATION\("([^"]+)"\)', re.M)


def routes():
    """(method, path) of every row of the route tables in the sources."""
    found = set()
    for source in ("master/ui.c", "worker/ui.c"):
        text = (ROOT / source).read_text()
        for method, base, path in ROUTE.findall(text):
            for begin in BASE.findall(text) if base else [""]:
                found.add((method.lower(), begin + path.strip('"').replace("*", "{path}")))
    return found


def check(name, value):
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


def test_every_route_is_described_and_nothing_else():
    described = {(method, path) for path, item in DOCUMENT["paths"].items() for method in item}
    assert len(routes()) > 30
    assert routes() == described


def test_the_document_is_sound():
    assert DOCUMENT["openapi"].startswith("3.1")
    for name, schema in DOCUMENT["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert set(schema["required"]) <= set(schema["properties"]), name
    for ref in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(DOCUMENT)):
        assert ref in DOCUMENT["components"]["schemas"], ref
    operations = [o for item in DOCUMENT["paths"].values() for o in item.values()]
    assert len({o["operationId"] for o in operations}) == len(operations)
    for path, item in DOCUMENT["paths"].items():
        for o in item.values():
            inside = {p["name"] for p in o.get("parameters", []) if p["in"] == "path"}
            assert inside == set(re.findall(r"\{(\w+)\}", path)), path
            assert o["summary"] and o["responses"]


def test_it_is_served(cluster):
    assert fetch(ui_of(cluster.master) + "/api/quern/openapi.json") == DOCUMENT
    assert fetch(ui_of(cluster.workers[0]) + "/api/quern/openapi.json") == DOCUMENT


def test_answers_have_the_shapes_it_says(cluster, small_items, tmp_path):
    ui = ui_of(cluster.master)
    ok(submit(small_items["json"], tmp_path / "out", "--name", "shaped", master=cluster.url))
    assert finish(start_quern("sql", "SELECT nothing", "--master", cluster.url)).code == 1
    check("Cluster", fetch(ui + "/api/quern/cluster"))
    jobs = fetch(ui + "/api/quern/jobs")
    check("JobList", jobs)
    for job in jobs["jobs"]:
        check("JobDetail", fetch(f"{ui}/api/quern/jobs/{job['id']}"))
        check("Tasks", fetch(f"{ui}/api/quern/jobs/{job['id']}/tasks"))
        check("Logs", fetch(f"{ui}/api/quern/jobs/{job['id']}/logs"))
    whole = next(j for j in jobs["jobs"] if j["name"] == "shaped")
    described = set(DOCUMENT["components"]["schemas"]["JobDetail"]["properties"])
    assert described == set(fetch(f"{ui}/api/quern/jobs/{whole['id']}"))
    check("WorkerStatus", fetch(ui_of(cluster.workers[0]) + "/api/quern/worker"))
    for path, method in (("/nothing", "GET"), ("/api/quern/jobs/0", "GET"), ("/api/quern/jobs/1/cancel", "POST"),
                         ("/api/quern/jobs?limit=x", "GET"), ("/healthz", "PUT")):
        status, _, body = get(ui + path, method=method)
        assert status >= 400
        check("Error", json.loads(body))

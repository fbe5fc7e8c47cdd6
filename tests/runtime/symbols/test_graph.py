"""The graph of symbols across files: callers, subclasses, imports in several languages."""

import pytest

from tests.runtime.symbols.conftest import OTHER, SHOP

PYTHON = {
    "shop/stock.py": "def reserve(item):\n    return item\n\n\nclass Stock:\n    def lowest(self):\n        return 1\n",
    "shop/other.py": "def reserve(item):\n    return None\n",
    "shop/basket.py": (
        "from .stock import Stock, reserve as hold\n\n\n"
        "class Basket(Stock):\n"
        "    def price(self):\n        return hold(self.lowest())\n\n\n"
        "class Gift(Basket):\n"
        "    def wrap(self):\n        return self.price()\n"
    ),
    "shop/app.py": "from shop import other\nfrom shop.basket import Gift\n\n\ndef main(thing):\n"
    "    other.reserve(1)\n    Gift().wrap()\n    thing.price()\n",
}


def callers(graph, scope, name):
    return [(each.path, each.reference.line, each.reference.enclosing) for each in graph.callers(scope, name)]


def test_a_call_by_an_imported_name_means_that_definition(graph_of):
    graph, scope = graph_of(PYTHON)
    assert {each.path for each in graph.definitions(scope, "reserve")} == {"shop/stock.py", "shop/other.py"}
    called = graph.callees(scope, "Basket.price")
    assert [(each.path, each.definition.qualified_name) for each in called] == [
        ("shop/stock.py", "reserve"),
        ("shop/stock.py", "Stock.lowest"),  # through self, inherited
    ]


def test_callers_of_a_method_are_listed_certain_ones_first(graph_of):
    graph, scope = graph_of(PYTHON)
    assert callers(graph, scope, "Basket.price") == [
        ("shop/basket.py", 11, "Gift.wrap"),  # self.price() of a subclass
        ("shop/app.py", 8, "main"),  # a value of unknown type: only its name matches
    ]


def test_a_call_on_a_module_means_that_modules_function(graph_of):
    graph, scope = graph_of(PYTHON)
    found = [(each.path, each.definition.name) for each in graph.callees(scope, "main")]
    assert ("shop/other.py", "reserve") in found
    assert ("shop/stock.py", "reserve") not in found


def test_subclasses_are_listed_nearest_first(graph_of):
    graph, scope = graph_of(PYTHON)
    assert [each.definition.name for each in graph.subclasses(scope, "Stock")] == ["Basket", "Gift"]
    assert graph.subclasses(scope, "Gift") == []


@pytest.mark.parametrize(
    ("files", "name", "expected"),
    [
        pytest.param(
            {
                "src/org/example/Stock.java": "package org.example;\nclass Stock { static int lowest() {} }\n",
                "src/org/other/Stock.java": "package org.other;\nclass Stock { static int lowest() {} }\n",
                "src/org/app/App.java": "package org.app;\nimport org.example.Stock;\n"
                "class App { int run() { return Stock.lowest(); } }\n",
            },
            "run",
            [("src/org/example/Stock.java", "Stock.lowest")],
            id="java",
        ),
        pytest.param(
            {
                "stock/stock.go": "package stock\n\nfunc Lowest() int { return 1 }\n",
                "other/stock.go": "package other\n\nfunc Lowest() int { return 2 }\n",
                "main.go": 'package main\n\nimport "example.org/stock"\n\nfunc run() int { return stock.Lowest() }\n',
            },
            "run",
            [("stock/stock.go", "Lowest")],
            id="go",
        ),
        pytest.param(
            {
                "lib/stock.ts": "export function lowest() { return 1; }\n",
                "lib/other.ts": "export function lowest() { return 2; }\n",
                "app.ts": 'import { lowest as low } from "./lib/stock";\nfunction run() { return low(); }\n',
            },
            "run",
            [("lib/stock.ts", "lowest")],
            id="typescript",
        ),
        pytest.param(
            {
                "stock.c": "int lowest(void) {\n    return 1;\n}\n",
                "app.c": '#include "stock.h"\nint run(void) {\n    return lowest();\n}\n',
            },
            "run",
            [("stock.c", "lowest")],
            id="c",
        ),
        pytest.param(
            {
                "src/stock.rs": "pub fn lowest() -> u32 { 1 }\n",
                "src/other.rs": "pub fn lowest() -> u32 { 2 }\n",
                "src/main.rs": "use crate::stock;\nfn run() -> u32 { stock::lowest() }\n",
            },
            "run",
            [("src/stock.rs", "lowest")],
            id="rust",
        ),
    ],
)
def test_a_call_across_files_is_resolved(graph_of, files, name, expected):
    graph, scope = graph_of(files)
    called = graph.callees(scope, name)
    assert [(each.path, each.definition.qualified_name) for each in called] == expected


def test_content_that_a_reader_may_not_see_is_in_no_result(graph_of):
    graph_of({"stock.py": "def reserve():\n    return 1\n\n\ndef other():\n    reserve()\n"}, OTHER)
    graph, scope = graph_of(
        {"stock.py": "def reserve():\n    return 2\n\n\ndef run():\n    reserve()\n"}, readable=(SHOP,)
    )
    assert [each.branch for each in graph.definitions(scope, "reserve")] == [SHOP]
    assert [each.branch for each in graph.callers(scope, "reserve")] == [SHOP]
    assert [each.branch for each in graph.references(scope, "reserve")] == [SHOP]
    assert [each.branch for each in graph.callees(scope, "run")] == [SHOP]


def test_a_name_without_definition_has_mentions(graph_of):
    graph, scope = graph_of({"a.py": "def run():\n    print(1)\n"})
    assert callers(graph, scope, "print") == [("a.py", 2, "run")]
    assert graph.callers(scope, "io.print") == []
    assert graph.callees(scope, "print") == []


def test_circular_inheritance_is_handled(graph_of):
    graph, scope = graph_of(
        {"a.py": "class A(B):\n    def run(self):\n        self.gone()\n\n\nclass B(A):\n    pass\n"}
    )
    assert {each.definition.name for each in graph.subclasses(scope, "A")} == {"A", "B"}
    assert graph.callees(scope, "run") == []

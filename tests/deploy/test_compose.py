"""The compose file: by its schema, and closed where it must be."""

from __future__ import annotations

import re

import pytest

from tests.deploy.tools import DEPLOY, assert_passes, own_tool, read_yaml, run

FILE = DEPLOY / "compose.yml"
TELEGRAM = DEPLOY / "compose.telegram.yml"
SHADOW = DEPLOY / "compose.shadow.yml"
SERVICES = read_yaml(FILE)["services"]
NETWORKS = read_yaml(FILE)["networks"]


@pytest.mark.parametrize("file", [FILE, TELEGRAM, SHADOW], ids=lambda file: file.name)
def test_it_is_what_compose_expects(file):
    assert_passes(
        run(own_tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", file)
    )


def test_telegram_gives_the_bot_a_token_and_a_way_out_and_nothing_else():
    added = read_yaml(TELEGRAM)["services"]
    assert set(added) == {"bot"}
    assert set(added["bot"]) == {"environment", "networks"}
    assert set(added["bot"]["environment"]) == {"BETRO_TELEGRAM_TOKEN"}
    assert added["bot"]["networks"] == ["outside"]


def test_a_shadow_is_an_nlu_like_the_other_with_a_model_of_its_own():
    added = read_yaml(SHADOW)["services"]
    shadow = added["nlu-shadow"]
    assert set(added) == {"bot", "nlu-shadow"}
    assert added["bot"] == {"environment": {"BETRO_NLU_SHADOW_URL": "http://nlu-shadow:5005"}}
    assert set(shadow) == {"extends", "image"}
    assert shadow["extends"] == {"file": "compose.yml", "service": "nlu"}


def test_all_four_parts_are_there():
    assert set(SERVICES) == {"caddy", "bot", "nlu", "valkey"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_part_can_write_nowhere_gain_nothing_and_leave_no_image_of_its_memory(name):
    part = SERVICES[name]
    user, _, group = part["user"].partition(":")

    assert int(user) >= 10000
    assert int(group) >= 10000
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert "cap_add" not in part
    assert "privileged" not in part
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert part["ulimits"] == {"core": 0}
    assert part["mem_limit"] == part["memswap_limit"], "it could be swapped to disk"


def test_only_caddy_is_reached_from_outside():
    assert [name for name, part in SERVICES.items() if "ports" in part] == ["caddy"]
    assert [name for name, part in SERVICES.items() if "outside" in part["networks"]] == ["caddy"]
    assert {name for name, network in NETWORKS.items() if not (network or {}).get("internal")} == {
        "outside"
    }


@pytest.mark.parametrize(("part", "network"), [("nlu", "understanding"), ("valkey", "sessions")])
def test_only_the_bot_reaches_nlu_and_store(part, network):
    assert SERVICES[part]["networks"] == [network]
    on_it = {name for name, each in SERVICES.items() if network in each["networks"]}
    assert on_it == {"bot", part}


def test_the_only_volume_is_that_of_the_certificates():
    volumes = [volume for part in SERVICES.values() for volume in part.get("volumes", [])]
    assert [volume for volume in volumes if not volume.endswith(":ro")] == ["certificates:/data"]


def test_images_are_pinned_or_built_here_and_none_is_built_from_elsewhere():
    for name, part in SERVICES.items():
        if "build" in part:
            assert part["build"] == {"context": "..", "dockerfile": f"deploy/{name}.Dockerfile"}
            assert part["image"].startswith(f"betro-{name}:${{IMAGE_VERSION:?")
        else:
            assert re.fullmatch(r"\S+:\d+\.\d+\.\d+-\S+", part["image"])


def test_every_variable_it_asks_for_stands_in_the_example_and_holds_no_value_there():
    files = "".join(file.read_text("utf-8") for file in (FILE, TELEGRAM, SHADOW))
    asked = set(re.findall(r"\$\{([A-Z_]+)[:}]", files))
    example = (DEPLOY / "compose.env.example").read_text("utf-8")
    offered = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))

    assert asked == set(offered)
    assert offered["BETRO_NLU_TOKEN"] == ""

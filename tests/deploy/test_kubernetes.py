"""The manifests: by the API's own schemas, closed, and their references lead somewhere."""

from __future__ import annotations

import re

import pytest

from tests.deploy.tools import (
    DEPLOY,
    ROOT,
    assert_passes,
    own_tool,
    read_all_yaml,
    read_yaml,
    run,
)

EXTRA = DEPLOY / "kubernetes" / "telegram" / "network.yml"
"""Applied by hand, only where Telegram is wanted: the one policy that lets the bot out."""
FILES = sorted((DEPLOY / "kubernetes").glob("*.yml"))
OBJECTS = [thing for path in FILES for thing in read_all_yaml(path)]
KUSTOMIZATION = read_yaml(DEPLOY / "kustomization.yml")
RUNBOOK = DEPLOY / "RUNBOOK.md"


def of_kind(kind):
    return {thing["metadata"]["name"]: thing for thing in OBJECTS if thing["kind"] == kind}


DEPLOYMENTS = of_kind("Deployment") | of_kind("StatefulSet")
POLICIES = of_kind("NetworkPolicy")
SERVICES = of_kind("Service")
CONTAINERS = {
    name: thing["spec"]["template"]["spec"]["containers"][0] for name, thing in DEPLOYMENTS.items()
}


@pytest.mark.parametrize("path", [*FILES, EXTRA], ids=lambda path: path.name)
def test_the_api_would_take_it(path):
    assert_passes(run(own_tool("kubernetes-validate"), "--strict", path))


def test_kustomization_names_every_manifest_and_file_that_exists():
    named = {DEPLOY / name for name in KUSTOMIZATION["resources"]}
    assert named == set(FILES)
    for generated in KUSTOMIZATION["configMapGenerator"]:
        assert generated["namespace"] == "betro"
        for name in generated["files"]:
            assert (DEPLOY / name).is_file()


def test_everything_lies_in_one_namespace_that_refuses_open_pods():
    namespace = of_kind("Namespace")["betro"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for thing in OBJECTS:
        if thing["kind"] != "Namespace":
            assert thing["metadata"]["namespace"] == "betro"


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_can_write_nowhere_gain_nothing_and_knows_no_account(name):
    pod = DEPLOYMENTS[name]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] >= 10000
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        assert key not in pod
    for volume in pod["volumes"]:
        assert volume.keys() & {"emptyDir", "secret", "configMap"}
        assert volume.get("emptyDir", {"medium": "Memory"})["medium"] == "Memory"
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_pod_is_probed_and_asks_for_what_it_needs(name):
    container = CONTAINERS[name]
    ports = {port["name"] for port in container["ports"]}
    for probe in ("readinessProbe", "livenessProbe"):
        ask = container[probe]
        if "exec" in ask:
            for word in ask["exec"]["command"]:
                assert not word.startswith("/app/") or (ROOT / word[5:]).exists()
        else:
            assert ask.get("httpGet", ask.get("tcpSocket"))["port"] in ports
    assert {"cpu", "memory"} == set(container["resources"]["requests"])
    assert "memory" in container["resources"]["limits"]


def test_the_probes_of_the_bot_ask_what_its_operations_port_answers():
    ops = (ROOT / "bot" / "ops.py").read_text("utf-8")
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = CONTAINERS["betro-bot"][probe]["httpGet"]
        assert asked["port"] == "ops"
        assert f'"{asked["path"]}"' in ops


def test_the_bot_knows_each_pod_of_the_nlu_by_name():
    nlu, service = of_kind("StatefulSet")["betro-nlu"]["spec"], SERVICES["betro-nlu"]["spec"]
    (urls,) = (
        each["value"] for each in CONTAINERS["betro-bot"]["env"] if each["name"] == "BETRO_NLU_URLS"
    )
    assert nlu["serviceName"] == "betro-nlu"
    assert service["clusterIP"] == "None"
    assert urls.split(",") == [
        f"http://betro-nlu-{number}.betro-nlu:5005" for number in range(nlu["replicas"])
    ]


def test_no_service_leads_to_health_and_metrics():
    for name, service in SERVICES.items():
        for port in service["spec"]["ports"]:
            assert port["targetPort"] != "ops", name
            assert port["port"] != 9100


def test_only_caddy_is_reached_from_outside_the_cluster():
    kinds = {name: service["spec"].get("type") for name, service in SERVICES.items()}
    assert {name for name, kind in kinds.items() if kind is not None} == {"betro-caddy"}


def test_every_pod_is_refused_everything_that_no_policy_allows():
    default = POLICIES["nothing-unless-allowed"]["spec"]
    assert default == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert set(DEPLOYMENTS) == set(POLICIES) - {"nothing-unless-allowed"}


@pytest.mark.parametrize("name", ["betro-nlu", "betro-valkey"])
def test_only_the_bot_reaches_nlu_and_store_and_they_reach_nobody(name):
    policy = POLICIES[name]["spec"]
    assert policy["podSelector"] == {"matchLabels": {"app": name}}
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"}
    assert policy["egress"] == []
    ((rule),) = policy["ingress"]
    assert rule["from"] == [{"podSelector": {"matchLabels": {"app": "betro-bot"}}}]


def test_only_caddy_reaches_the_bot():
    ((rule),) = POLICIES["betro-bot"]["spec"]["ingress"]
    assert rule["from"] == [{"podSelector": {"matchLabels": {"app": "betro-caddy"}}}]
    assert rule["ports"] == [{"port": "page"}]


def test_telegram_lets_the_bot_out_to_public_addresses_by_tls_and_nothing_else():
    (policy,) = read_all_yaml(EXTRA)
    (rule,) = policy["spec"]["egress"]
    assert policy["metadata"]["namespace"] == "betro"
    assert policy["spec"]["podSelector"] == {"matchLabels": {"app": "betro-bot"}}
    assert policy["spec"]["policyTypes"] == ["Egress"]
    assert rule["ports"] == [{"port": 443}]
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(
        rule["to"][0]["ipBlock"]["except"]
    )


@pytest.mark.parametrize("kind", ["Service", "PodDisruptionBudget"])
def test_selectors_meet_pods(kind):
    for thing in of_kind(kind).values():
        selector = thing["spec"]["selector"]
        app = selector.get("app") or selector["matchLabels"]["app"]
        pod = DEPLOYMENTS[app]["spec"]["template"]
        assert pod["metadata"]["labels"]["app"] == app
        if kind == "PodDisruptionBudget":
            assert DEPLOYMENTS[app]["spec"]["replicas"] > thing["spec"]["minAvailable"]


def test_secrets_are_named_never_held_and_the_runbook_makes_each():
    assert not of_kind("Secret")
    text = "".join(path.read_text("utf-8") for path in FILES)
    named = set(re.findall(r"secretName: ([a-z-]+)|secretKeyRef: \{name: ([a-z-]+)", text))
    runbook = RUNBOOK.read_text("utf-8")
    for name in ("".join(pair) for pair in named):
        assert re.search(rf"create secret (generic|tls) {name} ", runbook), name


def test_images_are_pinned_by_version():
    for container in CONTAINERS.values():
        assert re.fullmatch(r"\S+:\d+\.\d+\.\d+\S*", container["image"])
    for image in KUSTOMIZATION["images"]:
        assert re.fullmatch(r"\d+\.\d+\.\d+\S*", image["newTag"])

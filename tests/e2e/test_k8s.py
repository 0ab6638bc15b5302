"""The manifests render, and every pod keeps to Pod Security "restricted"."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml
from stack import ROOT


def rendered(folder):
    text = subprocess.run(["kubectl", "kustomize", ROOT / "k8s" / folder], capture_output=True, text=True, check=True).stdout
    return list(yaml.safe_load_all(text))


class Manifests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.objects = rendered("base")

    def pods(self):
        return [o for o in self.objects if o["kind"] in ("Deployment", "StatefulSet")]

    def pod(self, name):
        return next(p for p in self.pods() if p["metadata"]["name"] == name)["spec"]["template"]["spec"]

    def test_four_workloads_are_there(self):
        self.assertEqual({p["metadata"]["name"] for p in self.pods()}, {"registry-svc", "alert-svc", "gateway", "redis"})

    def test_pods_are_restricted_probed_and_bounded(self):
        for pod in self.pods():
            spec = pod["spec"]["template"]["spec"]
            with self.subTest(pod["metadata"]["name"]):
                self.assertTrue(spec["securityContext"]["runAsNonRoot"])
                self.assertEqual(spec["securityContext"]["seccompProfile"]["type"], "RuntimeDefault")
                self.assertFalse(spec["automountServiceAccountToken"])
                for container in spec["containers"]:
                    self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
                    self.assertFalse(container["securityContext"]["allowPrivilegeEscalation"])
                    self.assertEqual(container["securityContext"]["capabilities"]["drop"], ["ALL"])
                    self.assertIn("readinessProbe", container)
                    self.assertIn("livenessProbe", container)
                    self.assertIn("memory", container["resources"]["limits"])

    def container(self, name):
        return self.pod(name)["containers"][0]

    def test_liveness_asks_for_the_process_alone(self):
        for name in ("registry-svc", "alert-svc", "gateway"):
            with self.subTest(name):
                self.assertEqual(self.container(name)["livenessProbe"]["httpGet"], {"path": "/healthz", "port": "metrics"})

    def test_readiness_follows_what_the_service_needs(self):
        self.assertEqual(self.container("gateway")["readinessProbe"]["httpGet"], {"path": "/readyz", "port": "http"})
        self.assertEqual(self.container("alert-svc")["readinessProbe"]["grpc"]["port"], 8083)
        self.assertEqual(self.container("registry-svc")["startupProbe"]["httpGet"], {"path": "/readyz", "port": "metrics"})

    def test_everything_is_denied_by_default(self):
        deny = [o for o in self.objects if o["kind"] == "NetworkPolicy" and o["metadata"]["name"] == "default-deny"]
        self.assertEqual(deny[0]["spec"], {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})

    def test_alert_svc_has_a_folder_for_openpgp(self):
        volume = next(m["name"] for m in self.container("alert-svc")["volumeMounts"] if m["mountPath"] == "/tmp")
        self.assertEqual([v["emptyDir"]["medium"] for v in self.pod("alert-svc")["volumes"] if v["name"] == volume], ["Memory"])

    def test_alert_svc_reaches_mail_and_chat_outside_and_nothing_inside_by_that(self):
        policy = next(o for o in self.objects if o["kind"] == "NetworkPolicy" and o["metadata"]["name"] == "alert-svc")
        for rule in policy["spec"]["egress"]:
            self.assertIn("to", rule, "open to everything")
        outside = [r for r in policy["spec"]["egress"] if "ipBlock" in r["to"][0]]
        self.assertEqual({p["port"] for r in outside for p in r["ports"]}, {25, 443, 465, 587, 8448})
        for block in (to["ipBlock"] for r in outside for to in r["to"]):
            self.assertTrue({"10.0.0.0/8", "fc00::/7"} & set(block["except"]))

    def test_for_maintenance_the_registrys_pod_stays_as_it_is_without_the_service(self):
        self.maxDiff = None
        usual, without = ({o["metadata"]["name"]: o for o in objects if o["kind"] == "StatefulSet"}["registry-svc"]["spec"]
                          for objects in (self.objects, rendered("overlays/maintenance")))
        container = without["template"]["spec"]["containers"][0]
        self.assertEqual(container.pop("command"), ["sleep", "infinity"])
        self.assertFalse([key for key in container if key.endswith("Probe")])
        expected = usual["template"]["spec"]["containers"][0]
        self.assertEqual(container, {key: value for key, value in expected.items() if key in container})
        self.assertEqual(without["volumeClaimTemplates"], usual["volumeClaimTemplates"])


class Production(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.objects = rendered("overlays/production")
        cls.spec = next(o for o in cls.objects if o["kind"] == "PrometheusRule")["spec"]
        cls.rules = [rule for group in cls.spec["groups"] for rule in group["rules"]]

    def test_the_autoscaler_alone_says_how_many_gateways_there_are(self):
        scaler = next(o for o in self.objects if o["kind"] == "HorizontalPodAutoscaler")["spec"]
        target = next(o for o in self.objects if o["kind"] == "Deployment" and o["metadata"]["name"] == scaler["scaleTargetRef"]["name"])
        self.assertNotIn("replicas", target["spec"])
        self.assertGreaterEqual(scaler["minReplicas"], 2)

    def test_each_service_is_scraped_where_it_has_metrics(self):
        monitor = next(o for o in self.objects if o["kind"] == "ServiceMonitor")["spec"]
        for name in monitor["selector"]["matchExpressions"][0]["values"]:
            service = next(o for o in self.objects if o["kind"] == "Service" and o["metadata"]["labels"]["app"] == name)
            self.assertIn(monitor["endpoints"][0]["port"], [port["name"] for port in service["spec"]["ports"]])

    def test_each_alert_asks_for_metrics_that_there_are_and_leads_to_a_runbook(self):
        code = "".join(path.read_text() for folder in ("alert-svc", "registry-svc") for path in (ROOT / folder).rglob("*.cc"))
        for rule in self.rules:
            with self.subTest(rule["alert"]):
                for metric in re.findall(r"vigil_[a-z_]+", rule["expr"]):
                    self.assertIn(f'"{metric}"', code)
                file, anchor = rule["annotations"]["runbook_url"].rsplit("/", 1)[1].split("#")
                headings = re.findall(r"^#+ (.*)$", (ROOT / "docs/runbooks" / file).read_text(), re.M)
                self.assertIn(anchor, [re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-") for heading in headings])

    @unittest.skipUnless(shutil.which("promtool"), "Debian's prometheus has promtool")
    def test_each_alert_comes_when_it_must_and_not_else(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": self.spec["groups"]}))
            shutil.copy(ROOT / "k8s/components/monitoring/prometheus-rule.test.yaml", folder / "test.yaml")
            done = subprocess.run(["promtool", "test", "rules", folder / "test.yaml"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()

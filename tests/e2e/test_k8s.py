"""The manifests render, and every pod keeps to Pod Security "restricted"."""

import subprocess
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


if __name__ == "__main__":
    unittest.main()

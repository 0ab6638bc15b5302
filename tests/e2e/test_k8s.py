"""The manifests render, and every pod keeps to Pod Security "restricted"."""

import subprocess
import unittest

import yaml
from stack import ROOT


class Manifests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        rendered = subprocess.run(["kubectl", "kustomize", ROOT / "k8s/base"], capture_output=True, text=True, check=True)
        cls.objects = list(yaml.safe_load_all(rendered.stdout))

    def pods(self):
        return [o for o in self.objects if o["kind"] in ("Deployment", "StatefulSet")]

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
        return next(p for p in self.pods() if p["metadata"]["name"] == name)["spec"]["template"]["spec"]["containers"][0]

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


if __name__ == "__main__":
    unittest.main()

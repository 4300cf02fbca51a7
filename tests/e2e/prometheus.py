"""A real Prometheus that scrapes daemons of the tests."""

import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.parse
import urllib.request

PROMETHEUS = shutil.which("prometheus")
PROMTOOL = shutil.which("promtool")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    """A server of its own that scrapes `targets` (HOST:PORT) each second, or as `config` says."""

    def __init__(self, *targets, config=None):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="anemon-prometheus-"))
        file = self.directory / "prometheus.yml"
        file.write_text(config or "scrape_configs:\n- job_name: anemon\n  scrape_interval: 1s\n"
                        f"  static_configs: [{{targets: {json.dumps(targets)}}}]\n")
        self.url = f"http://127.0.0.1:{free_port()}"
        self.process = subprocess.Popen(
            [PROMETHEUS, f"--config.file={file}", f"--storage.tsdb.path={self.directory}/data",
             f"--web.listen-address={self.url[len('http://'):]}", "--log.level=warn"],
            stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def api(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=10) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None  # still starting

    def query(self, expression):
        data = self.api("query", query=expression)
        return data["result"] if data else []

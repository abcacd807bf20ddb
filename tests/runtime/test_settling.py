import os
import subprocess
import sys

from tests.machine import ROOT

ASK = "import gc, sys, {module}; print('labeling.views' in sys.modules, gc.get_freeze_count() > 50_000)"


def test_a_web_server_keeps_what_it_has_loaded_out_of_the_collectors_way():
    ask = ASK.format(module="config.wsgi")
    said = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=os.environ, check=True, stdout=subprocess.PIPE)

    assert said.stdout.split() == [b"True", b"True"]

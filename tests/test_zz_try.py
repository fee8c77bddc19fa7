import requests, pytest
from tests.browser import OUTAGE
def test_labfeed(labfeed):
    c = labfeed.create_channel("Greenhouse")
    r = requests.post(labfeed.url+"/api/v1/readings", json={"temperature": 21.5, "door": "open"}, headers={"X-API-Key": c.write_key}, timeout=10)
    assert r.status_code == 201, r.text
    assert labfeed.pids
    print(labfeed.run_command("channel", "list"))
def test_restart(start_labfeed, database_url):
    s = start_labfeed(database_url=database_url)
    c = s.create_channel("A")
    s.kill9(); s.start(); s.kill_worker(); s.restart()
    s.stop()
@pytest.mark.parametrize("w",[True,False])
def test_wall(labfeed, open_browser, w):
    b=open_browser(has_shared_worker=w); b.goto(labfeed.url); b.page.wait_for_timeout(3000); b.screenshot(f"wall{w}")

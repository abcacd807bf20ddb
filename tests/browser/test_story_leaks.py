"""What a contractor's real browser is sent while they work names no customer: addresses, headers, bodies, storage."""

from playwright.sync_api import Browser, Page, Request

from tests import leaks
from tests.browser.pages.bench import Bench
from tests.browser.pages.people import open_windows
from tests.browser.site import Site
from tests.leaks import Planted

KEPT = """async () => {
  const found = []
  for (const { name } of await indexedDB.databases()) {
    const asked = indexedDB.open(name)
    const database = await new Promise((done) => { asked.onsuccess = () => done(asked.result) })
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll()
      found.push(await new Promise((done) => { all.onsuccess = () => done(all.result) }))
    }
    database.close()
  }
  return JSON.stringify([found, { ...localStorage }, { ...sessionStorage }, document.cookie])
}"""
BOX = (100, 100, 200, 150)


class Watcher:
    """Everything that one window is sent; static files are everybody's."""

    def __init__(self, page: Page, planted: Planted) -> None:
        self.page, self.planted = page, planted
        self.requests: list[Request] = []
        self.addresses: list[str] = []
        self.leaks: list[str] = []
        page.on("requestfinished", self.keep)

    def keep(self, request: Request) -> None:
        if "/static/" not in request.url:
            self.requests.append(request)

    def look(self) -> None:
        """Through what has come since the last look; the browser forgets it with the page."""
        self.page.wait_for_load_state("networkidle")
        self.find(self.page.content(), "the page")
        self.find(self.page.evaluate(KEPT), "what the browser keeps")
        requests, self.requests = self.requests, []
        for request in requests:
            response = request.response()
            assert response
            self.addresses.append(request.url)
            self.find(request.url, "an address")
            self.find(str(response.all_headers()), f"head of {request.url}")
            self.find(response.body(), f"body of {request.url}")

    def find(self, content: bytes | str, where: str) -> None:
        self.leaks += self.planted.leaks_in(content, where=where)


def test_nothing_that_the_browser_is_sent_names_the_customer(browser: Browser, site: Site) -> None:
    planted = leaks.plant(pictures=2)
    with open_windows(browser, site) as windows:
        page = windows.open(planted.worker.user)
        watcher = Watcher(page, planted)
        page.goto("/my/")
        watcher.look()
        page.get_by_role("link", name="Start").click()
        bench = Bench(page)
        bench.expect_shown()
        bench.shown(leaks.SIZE)
        bench.draw("Car", BOX, leaks.SIZE)
        bench.expect_saved()
        bench.submit()
        watcher.look()

    assert watcher.leaks == []
    for part in ("/media/", "/my/work/next", "/draft", "/submit"):
        assert any(part in address for address in watcher.addresses), part

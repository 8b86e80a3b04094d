"""What the browser tests of the phone and of the kiosk share: what a browser has kept, and waiting."""

import time

from playwright.sync_api import Page

from tests.conftest import PATIENCE

KEPT = "caches.open('loopkeeper-kept').then(kept => kept.keys()).then(all => all.map(r => r.url))"
# Everything in the browser's stores as text, as far as anybody could read it there.
EVERYTHING = """async () => {
  const stores = [];
  for (const { name, version } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(name, version);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    for (const store of database.objectStoreNames) {
      const asked = database.transaction(store).objectStore(store).getAll();
      stores.push(...await new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); }));
    }
    database.close();
  }
  const plain = (_, value) => value instanceof ArrayBuffer ? `${value.byteLength} bytes` : value;
  return JSON.stringify([stores, { ...localStorage }, { ...sessionStorage }], plain);
}"""
NOTHING = "[[],{},{}]"


def kept_on(page: Page) -> str:
    return str(page.evaluate(EVERYTHING))


def until_kept(page: Page, ending: str) -> None:
    """Wait until the service worker has kept a file whose address ends so."""
    until(page, f"{KEPT}.then(all => all.some(url => url.endsWith('{ending}')))")


def until(page: Page, script: str) -> None:
    """Wait until what the script promises is true; `wait_for_function` takes a promise for a yes."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(script):
            return
        time.sleep(0.05)
    raise AssertionError(f"Never true: {script}")

"""A page opens although the one before still asks for something."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from support.lab_server import LabServer
from support.pages import open_page, settle

pytestmark = pytest.mark.timeout(240)

CLICK_BOTH = """([link, button]) => {
    const find = (kind, text) => [...document.querySelectorAll(kind)].find(
        one => one.innerText.trim() === text);
    find('a', link).click();
    find('button', button).click();
}"""


class SlowNetwork:
    """Once `is_slow`, a tab's requests for fragments arrive after its new page has begun.

    Args:
        page: before it opens a page of the lab.

    Attributes:
        late: how many requests arrived so.
    """

    def __init__(self, page: Page) -> None:
        self.is_slow = False
        self.late = 0
        self._waiting: list[bytes] = []
        page.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        server = browser.connect_to_server()

        def to_server(message: str | bytes) -> None:
            assert isinstance(message, bytes)
            asked = BackMsg.FromString(message)
            if self.is_slow and asked.rerun_script.fragment_id:
                self._waiting.append(message)
            else:
                server.send(message)

        def to_browser(message: str | bytes) -> None:
            assert isinstance(message, bytes)
            if ForwardMsg.FromString(message).WhichOneof("type") == "new_session":
                self.late += len(self._waiting)
                while self._waiting:
                    server.send(self._waiting.pop())
                self.is_slow = False
            browser.send(message)

        browser.on_message(to_server)
        server.on_message(to_browser)


@pytest.mark.parametrize("link", ["Losses", "Library", "Matrix"])
def test_a_late_request_of_the_page_before_leaves_no_blank_page(
    lab: LabServer, page: Page, link: str
) -> None:
    network = SlowNetwork(page)
    open_page(page, f"{lab.url}/lab")
    page.get_by_role("radio", name="Enlarge image 2").first.wait_for()
    network.is_slow = True
    page.evaluate(CLICK_BOTH, [link, "Enlarge image 2"])
    page.wait_for_url(f"**/{link.lower()}")
    settle(page)
    assert network.late == 1
    expect(page.get_by_role("link", name=link, exact=True).first).to_be_visible()
    assert len(page.get_by_test_id("stMain").inner_text()) > 300

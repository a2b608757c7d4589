"""Keeps captured pages from speaking to anybody but the player by what its service worker never sees.

A worker answers requests. WebSocket, WebTransport and WebRTC make none, and ReplayWeb.page's own policy allows them.
"""

from __future__ import annotations

from typing import Final

#: Where the player's own worker is, which ours loads.
PLAYERS_WORKER: Final = "/player/sw.js"
#: Stands in force beside the policy that the player gives a page: what either forbids is forbidden.
POLICY: Final = "connect-src 'self' data: blob:"
#: Forbids WebRTC as well, and to navigate away, in browsers that know Connection Allowlists (WICG): Chromium 156 does,
#: and ends a page that speaks by WebRTC from a frame's first, empty document. The player redirects to the moments of
#: captures. A template of JavaScript's.
CONNECTIONS: Final = '("${location.origin}/*"); redirects=allow; webrtc=block'
#: The worker that browsers are given: the player's, but for a policy on all that it answers. The player also starts it
#: as a worker of another kind, which answers nothing.
WORKER: Final = f"""const shutIn = response => {{
  if (response.status < 200) return response;
  const headers = new Headers(response.headers);
  headers.append('Content-Security-Policy', "{POLICY}");
  headers.set('Connection-Allowlist', `{CONNECTIONS}`);
  headers.set('X-DNS-Prefetch-Control', 'off');
  return new Response(response.body, {{status: response.status, statusText: response.statusText, headers}});
}};
if (self.FetchEvent) {{
  const answer = FetchEvent.prototype.respondWith;
  FetchEvent.prototype.respondWith = function (response) {{
    answer.call(this, Promise.resolve(response).then(shutIn));
  }};
}}
importScripts('{PLAYERS_WORKER}');
"""
#: Runs in each captured page before its own scripts do. No browser knows the policy that there is for WebRTC (`webrtc`,
#: Content Security Policy 3), so that is taken away, also in the empty frames of a page, which are answered by nobody.
#: From one that a script puts in and reaches in the same moment as `window[0]`, it cannot be taken in time.
PAGE_SCRIPT: Final = """(() => {
  const strip = view => {
    for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) try { delete view[name]; } catch {}
  };
  for (const kind of [HTMLIFrameElement, HTMLFrameElement, HTMLObjectElement]) {
    for (const [name, viewOf] of [['contentWindow', view => view], ['contentDocument', page => page.defaultView]]) {
      const known = Object.getOwnPropertyDescriptor(kind.prototype, name);
      Object.defineProperty(kind.prototype, name, {...known, get() {
        const found = known.get.call(this);
        if (found) strip(viewOf(found));
        return found;
      }});
    }
  }
  const stripFrames = () => { for (let n = 0; n < window.length; n++) strip(window[n]); };
  new MutationObserver(stripFrames).observe(document, {childList: true, subtree: true});
  strip(window);
})();
"""

"""Hosts that papers' pages lead a browser to: an ad server, trackers, a map, films. They answer under their real names.

A crawler must never ask the ad server or the trackers; the replica's counters and wire log show whether it did.
"""

from __future__ import annotations

from tests.replica.answers import Answers, conditional
from tests.replica.pictures import picture
from tests.replica.request import Request
from tests.replica.site import Reply

AD_HOSTS = ("securepubads.g.doubleclick.net", "ad.doubleclick.net", "static.eclick.vn")
TRACKER_HOSTS = ("www.google-analytics.com", "www.facebook.com")
FRAME_HOSTS = ("www.youtube.com", "i.ytimg.com", "www.google.com", "maps.gstatic.com")

# What pages have of them
ADS = (
    '<script async src="https://securepubads.g.doubleclick.net/tag/js/gpt.js"></script>'
    '<script async src="https://static.eclick.vn/delivery/dfp.js"></script>\n'
)
TRACKERS = (
    '<script async src="https://www.google-analytics.com/analytics.js"></script>'
    "<noscript>"
    '<img src="https://www.facebook.com/tr?id=20181&amp;ev=PageView" width="1" height="1" alt=""></noscript>\n'
)
MAP = '<iframe class="map" src="https://www.google.com/maps/embed?pb=!1m18!2d105.9" loading="lazy" title=""></iframe>'
FILM = '<iframe class="film" src="https://www.youtube.com/embed/qninh2026" title="" allowfullscreen></iframe>'

_SHOW_ADS = """(function () {
  var slots = document.querySelectorAll("[data-ad]");
  for (var i = 0; i < slots.length; i++) {
    var ad = new Image(300, 250);
    ad.src = "https://ad.doubleclick.net/ddm/ad/ads/" + i + ".gif?ord=" + Date.now();
    slots[i].appendChild(ad);
  }
})();
"""
_COUNT = """(new Image(1, 1)).src = "https://%s/pixel.gif?u=" + encodeURIComponent(location.href) + "&_=" + Date.now();
"""
_FRAME = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>%s</title>
<style>body { margin: 0 } img { width: 100%%; display: block }</style></head><body><img src="%s" alt=""></body></html>
"""


class Elsewhere(Answers):
    """Plays all of these hosts."""

    name = "elsewhere"
    hosts = (*AD_HOSTS, *TRACKER_HOSTS, *FRAME_HOSTS)

    def reply(self, request: Request) -> Reply:
        path = request.path
        if request.host in AD_HOSTS and path.endswith(".js"):
            script = _SHOW_ADS if "doubleclick" in request.host else _COUNT % request.host
            return self.text(script, "application/javascript")
        if request.host in TRACKER_HOSTS:
            if path.endswith(".js"):
                return self.text(_COUNT % request.host, "application/javascript")
            path = "/pixel.gif"
        if request.host == "www.youtube.com" and path.startswith("/embed/"):
            poster = f"https://i.ytimg.com/vi/{path.rpartition('/')[2]}/480x360/hqdefault.jpg"
            return self.page(_FRAME % ("Video", poster))
        if request.host == "www.google.com" and path == "/maps/embed":
            return self.page(_FRAME % ("Bản đồ", "https://maps.gstatic.com/tiles/512x384/7.png"))
        drawn = picture(path, request.host)
        return conditional(request, self.file(*drawn)) if drawn else self.missing()

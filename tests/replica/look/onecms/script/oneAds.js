(function () {
  var zones = document.querySelectorAll(".onecms__ads");
  for (var i = 0; i < zones.length; i++) {
    var zone = zones[i].getAttribute("data-zone");
    zones[i].innerHTML = '<a href="javascript:;"><img src="https://bhd.1cdn.vn/ads/' + zone + '.gif" alt=""></a>';
  }
})();

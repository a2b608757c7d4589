// Pictures with data-original are loaded when they are scrolled to, in the old way: by the place where they stand.
(function () {
  var waiting = [].slice.call(document.querySelectorAll("img.lazy[data-original]"));
  function look() {
    waiting = waiting.filter(function (img) {
      if (img.getBoundingClientRect().top > window.innerHeight + 60) return true;
      img.src = img.getAttribute("data-original");
      return false;
    });
  }
  window.addEventListener("scroll", look);
  window.addEventListener("resize", look);
  look();

  var counter = document.getElementById("views");
  var request = new XMLHttpRequest();
  request.open("GET", "/ajax/views?id=" + encodeURIComponent(location.pathname) + "&_=" + Date.now());
  request.onload = function () { counter.textContent = JSON.parse(request.responseText).views + " lượt xem"; };
  request.send();
})();

(function () {
  var seen = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      seen.unobserve(entry.target);
      entry.target.src = entry.target.getAttribute("data-src");
    });
  });
  document.querySelectorAll("img[data-src]").forEach(function (img) { seen.observe(img); });

  function ask(address, list, words) {
    var request = new XMLHttpRequest();
    request.open("GET", address + "_=" + Date.now());
    request.onload = function () {
      JSON.parse(request.responseText).forEach(function (row) {
        list.appendChild(document.createElement("li")).textContent = words(row);
      });
    };
    request.send();
  }
  ask("/ajax/most-read?", document.getElementById("most"), function (row) { return row.title; });
  var number = document.getElementById("txtnewsid");
  if (number) {
    ask("/ajax/comments?id=" + number.value + "&", document.querySelector("#comment ul"), function (row) {
      return row.name + ": " + row.text;
    });
  }
})();

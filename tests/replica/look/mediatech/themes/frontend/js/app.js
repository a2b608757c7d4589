(function () {
  "use strict";
  var media = document.documentElement.dataset.media || "media." + location.hostname.replace(/^www\./, "");

  // The menu of small screens
  var menu = document.querySelector(".menu-mobile");
  if (menu) {
    var button = document.createElement("button");
    button.className = "menu-button";
    button.setAttribute("aria-label", "Menu");
    button.textContent = "\u2261";
    button.onclick = function () { menu.classList.toggle("d-none"); };
    menu.parentNode.insertBefore(button, menu);
  }

  // Zones of the paper's own advertisements
  document.querySelectorAll(".ads-zone-group").forEach(function (zone) {
    var img = document.createElement("img");
    img.src = "https://" + media + "/upload/ads/" + zone.getAttribute("adszone-key").slice(0, 8) + ".gif";
    img.alt = "";
    img.width = 300;
    img.height = 250;
    zone.appendChild(img);
  });

  // Backgrounds, when they come into view
  var seen = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      seen.unobserve(entry.target);
      entry.target.style.backgroundImage = "url('" + entry.target.dataset.bg + "')";
    });
  });
  document.querySelectorAll("[data-bg]").forEach(function (board) { seen.observe(board); });

  function ask(address, use) {
    var request = new XMLHttpRequest();
    request.open("GET", address + (address.indexOf("?") < 0 ? "?" : "&") + "_=" + Date.now());
    request.onload = function () { if (request.status === 200) use(JSON.parse(request.responseText)); };
    request.send();
  }

  var most = document.querySelector(".most-read");
  if (most) ask("/ajax/most-read", function (rows) {
    rows.forEach(function (row) {
      var item = document.createElement("li"), link = document.createElement("a");
      link.href = row.url;
      link.textContent = row.title;
      item.appendChild(link);
      most.appendChild(item);
    });
  });

  var number = document.getElementById("article-id"), list = document.getElementById("comments-list");
  if (number && list) ask("/ajax/comments?id=" + number.textContent, function (comments) {
    document.querySelector(".total-comment").textContent = comments.length;
    comments.forEach(function (comment) {
      var line = document.createElement("p");
      line.textContent = comment.name + ": " + comment.text;
      list.appendChild(line);
    });
  });
})();

// Called by scripts in the middle of the pages, so it stands in their head.
function showAdv(id, width, height) {
  if (id % 3) return;
  document.write('<img src="/dataimages/adv/' + width + "x" + height + "/" + id + '.png" width="' + width + '" height="' + height + '" alt="">');
}

function getMore() {
  var script = document.createElement("script");
  script.src = searchUrl.replace(/&start=\d+/, "&start=" + startPage);
  document.body.appendChild(script);
}

function getSearchData(answer) {
  var list = document.querySelector("ul.list");
  answer.response.docs.forEach(function (doc) {
    var row = document.createElement("li");
    row.className = "item";
    row.innerHTML = '<a class="title"></a><a><img alt=""></a>';
    row.querySelectorAll("a").forEach(function (link) { link.href = doc.url; });
    row.querySelector(".title").textContent = doc.title;
    row.querySelector("img").src = doc.avatar;
    list.appendChild(row);
  });
  startPage += answer.response.docs.length;
  if (startPage >= answer.response.numFound) document.querySelector(".viewmore").style.display = "none";
}

// The views of an article, and its comments once the reader comes near them.
(function () {
  if (typeof cmsConfig === "undefined") return;
  fetch("/ajax/views?id=" + cmsConfig.objectId).then(answer => answer.json()).then(counted => {
    document.getElementById("views").textContent = counted.views;
  });
  var box = document.querySelector(".wrap-comment");
  new IntersectionObserver((entries, seen) => {
    if (!entries[0].isIntersecting) return;
    seen.disconnect();
    fetch("/ajax/comments?id=" + cmsConfig.objectId + "&_=" + Date.now()).then(answer => answer.json()).then(comments => {
      comments.forEach(comment => {
        box.querySelector("ul").appendChild(document.createElement("li")).textContent = comment.name + ": " + comment.text;
      });
    });
  }).observe(box);
})();

"use strict";
/* Before anything is drawn: the page's text in the language that its link asks for, e.g. map.html#lang=ru. */
(function () {
  var wanted = new URLSearchParams(location.hash.slice(1)).get("lang");
  var other = wanted && /^[a-z]{2}$/.test(wanted) ? document.getElementById("shell-" + wanted) : null;
  if (!other) { return; }
  document.getElementById("shell").replaceChildren(other.content.cloneNode(true));
  document.documentElement.lang = wanted;
})();

"""The map page: Folium's figure and map with everything that they need inside the file, and nothing from elsewhere."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from branca.element import Figure
from folium import Map
from folium.template import Template

from geo.language import using
from geo.maps.html import render

#: Where the package that carries Leaflet keeps its files.
_LEAFLET: Final = ("js_lib_leaflet", "static", "js_lib_leaflet")
_IMAGE = re.compile(r"url\((images/[\w.-]+\.png)\)")
_OLD_BROWSERS = re.compile(r"^\s*behavior:.*$", re.MULTILINE)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


def _leaflet_file(*path: str) -> bytes:
    package, *folder = _LEAFLET
    return resources.files(package).joinpath(*folder, *path).read_bytes()


@lru_cache(maxsize=1)
def leaflet_css() -> str:
    """Return Leaflet's style sheet with its images inside."""

    def inlined(match: re.Match[str]) -> str:
        image = base64.b64encode(_leaflet_file(*match[1].split("/"))).decode("ascii")
        return f"url(data:image/png;base64,{image})"

    text = _leaflet_file("leaflet.css").decode("utf-8").replace("\r\n", "\n")
    return _IMAGE.sub(inlined, _OLD_BROWSERS.sub("", text))


@lru_cache(maxsize=1)
def leaflet_js() -> str:
    """Return Leaflet's program, without the pointer to a file that a single page does not have.

    Raises
    ------
    ValueError
        If the program could end the script element that it stands in.
    """
    text = _SOURCE_MAP.sub("", _leaflet_file("leaflet.js").decode("utf-8").replace("\r\n", "\n"))
    if "</script" in text.lower():
        raise ValueError("Leaflet's program cannot stand inside a page")
    return text


class OfflineMap(Map):
    """Folium's map without tiles and without any of the addresses that Folium refers to."""

    # Folium's own template forbids zooming by the viewport and sets the page's size; ours leaves both to page.css.
    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div class="folium-map" id={{ this.get_name()|tojson }} role="application"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var geoMap = L.map({{ this.get_name()|tojson }}, {
            center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}
        });
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__(
            location=(0, 0),
            tiles=None,
            zoom_control=False,
            zoom_snap=0.25,
            fade_animation=False,
            attribution_control=False,
        )
        # What Folium would fetch from elsewhere: Leaflet, jQuery, Bootstrap, fonts.
        self.default_js = []
        self.default_css = []
        self._id = "page"


class MapPage(Figure):
    """Folium's figure as a page of ours: security policy, the page's text in every language, data, programs.

    Parameters
    ----------
    shells
        Per language, the content of `maps/shell.j2`; the first is what the page opens with.
    content
        What `maps/map.j2` asks for besides.
    """

    def __init__(self, shells: dict[str, dict[str, Any]], content: dict[str, Any]) -> None:
        super().__init__()
        self._id = "figure"
        self.shells = shells
        self.content = content

    def render(self, **kwargs: Any) -> str:
        """Return the page."""
        for child in self._children.values():
            child.render(**kwargs)
        map_html = self.html.render(**kwargs)
        shells = {}
        for language, content in self.shells.items():
            with using(language):
                shells[language] = render("maps/shell.j2", map_html=map_html, **content)
        first, *others = shells
        return render(
            "maps/map.j2",
            leaflet_css=leaflet_css(),
            leaflet_js=leaflet_js(),
            map_script=self.script.render(**kwargs),
            shell=shells[first],
            other_shells={language: shells[language] for language in others},
            title=f"{self.shells[first]['unit']} - {self.shells[first]['title']}",
            **self.content,
        )

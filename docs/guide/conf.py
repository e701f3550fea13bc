"""How Sphinx makes the guide from docs/*.md; run by build.sh, which makes the C reference before."""

import re
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

ROOT = Path(__file__).parents[2]
MANIFEST = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
REPOSITORY = re.search(r'^repository = "(.*)"', MANIFEST, re.MULTILINE)[1]

project = "libsttp"
release = re.search(r'^version = "(.*)"', MANIFEST, re.MULTILINE)[1]
copyright = "the authors of libsttp, MIT licence"  # noqa: A001
extensions = ["myst_parser", "sphinx_design"]
myst_enable_extensions = ["colon_fence"]
# The C reference is no page of Sphinx; the first page of the guide links to it.
myst_url_schemes = {"http": None, "https": None, "capi": "c/{{path}}"}
myst_heading_anchors = 4
nitpicky = True
html_theme = "furo"
html_title = f"libsttp {release}"
html_copy_source = False
html_show_sphinx = False

# But for beginnings of names, and for sttp_x_new, which stands for each handle's; upper-case names may be variables of
# the environment, where they do not begin as constants do.
NAME_OF_C = (
    r"sttp_(?!x_)[a-z0-9_]*[a-z0-9]|STTP_(?:OK|(?:ERR|FLAG|STATE|SETTING|LOG|COMMAND|TICKS|VERSION)_[A-Z0-9_]*[A-Z0-9])"
)
# Metrics of the programs, which look like names of C.
METRIC = (
    r"sttp_(nats|tstp|process|build|source|view|parquet)_\w+|sttp_subscriber_(connected|subscribed)|"
    r"sttp_block_link_waiting_points"
)

# Pages elsewhere in the project that are chapters, too.
CHAPTERS = {
    "bindings/dotnet/README.md": "guide/dotnet",
    "bindings/go/README.md": "guide/go",
    "bindings/python/README.md": "guide/python",
}

logger = logging.getLogger(__name__)


class LinksToTheProject(SphinxTransform):
    """A link from a page to a file of the project that is no page leads to where the project is published, or to the
    chapter that shows it."""

    # Before Sphinx collects what is to be downloaded.
    default_priority = 870

    def apply(self, **_: object) -> None:
        folder = Path(self.env.doc2path(self.env.docname)).parent
        for node in list(self.document.findall(addnodes.download_reference)):
            self.publish(node, folder / node["reftarget"])
        for node in list(self.document.findall(addnodes.pending_xref)):
            # A page of Sphinx is named from the folder of pages on, another file by its whole path.
            if node.get("refdomain") == "doc" and node["reftarget"].startswith("/"):
                self.publish(node, Path(node["reftarget"] + ".md"))

    def publish(self, node: nodes.Element, path: Path) -> None:
        path = path.resolve()
        if not path.is_relative_to(ROOT) or not path.exists():
            logger.warning("no such file: %s", path, location=node)
            return
        name = str(path.relative_to(ROOT))
        up = "../" * self.env.docname.count("/")
        uri = f"{up}{CHAPTERS[name]}.html" if name in CHAPTERS else f"{REPOSITORY}/blob/main/{name}"
        link = nodes.reference(refuri=uri)
        link += node.children
        node.replace_self(link)


def names_of_c() -> dict[str, str]:
    """Where the C reference tells each name, by Doxygen's list of what it has written."""
    places = {}
    tags = ElementTree.parse(ROOT / "build" / "guide-parts" / "c.tag")
    for member in tags.iter("member"):
        file, anchor = member.findtext("anchorfile"), member.findtext("anchor")
        places[member.findtext("name")] = f"{file}#{anchor}"
    for compound in tags.iter("compound"):
        if compound.get("kind") == "struct":
            places[compound.findtext("name")] = compound.findtext("filename")
    return places


class NamesOfC(SphinxPostTransform):
    """A name of the C API in a text is a link to the C reference, and is one that there is."""

    default_priority = 900
    formats = ("html",)
    places: dict[str, str] = {}

    def run(self, **_: object) -> None:
        if not self.places:
            self.places.update(names_of_c())
        up = "../" * self.env.docname.count("/")
        for node in list(self.document.findall(nodes.literal)):
            name = node.astext().removesuffix("()")
            if name in self.places:
                if not isinstance(node.parent, nodes.reference):
                    link = nodes.reference(refuri=f"{up}c/{self.places[name]}", internal=True)
                    node.replace_self(link)
                    link += node
            elif re.fullmatch(NAME_OF_C, name) and not re.fullmatch(METRIC, name):
                logger.warning("%s is not in include/sttp.h", name, location=node)


def setup(app: object) -> dict[str, bool]:
    app.add_transform(LinksToTheProject)
    app.add_post_transform(NamesOfC)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

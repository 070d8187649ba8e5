"""The layers of a result as a GeoPackage that opens styled in QGIS."""

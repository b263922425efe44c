// Datasets in files whose formats need C libraries.

@_exported import ArrayFiles
@_exported import DataPipes
@_exported import Files
@_exported import ImageFiles

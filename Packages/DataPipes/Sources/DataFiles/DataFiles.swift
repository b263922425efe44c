// Datasets in files that need libraries of C.

@_exported import ArrayFiles
@_exported import DataPipes
@_exported import Files
@_exported import ImageFiles

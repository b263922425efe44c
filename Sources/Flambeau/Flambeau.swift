// Re-exports Flambeau's libraries, so that programs need only one import.

@_exported import DataFiles
@_exported import DataPipes
@_exported import Devices
@_exported import Graphs
@_exported import GraphvizRendering
@_exported import ModelFiles
@_exported import NN
@_exported import ScalarGrad
@_exported import ScalarNN
@_exported import Serialization
@_exported import Tensors

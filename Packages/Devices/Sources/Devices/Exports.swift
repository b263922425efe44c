// The public C types that all devices share; the C functions are not public.

@_exported import struct COperations.Device
@_exported import struct COperations.DeviceKind
@_exported import enum COperations.BinaryOperation
@_exported import enum COperations.Comparison
@_exported import enum COperations.DType
@_exported import enum COperations.ElementTest
@_exported import enum COperations.OptimizerRule
@_exported import struct COperations.OptimizerStep
@_exported import struct COperations.Ramp
@_exported import enum COperations.Reduction
@_exported import class COperations.Storage
@_exported import enum COperations.UnaryOperation
@_exported import struct COperations.Windows

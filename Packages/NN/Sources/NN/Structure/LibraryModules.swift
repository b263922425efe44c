/// All modules of the library, which are known by their names.
let libraryModules: [any Rebuildable.Type] = [
  AdaptiveAvgPool1d.self, AdaptiveAvgPool2d.self, AdaptiveMaxPool1d.self,
  AdaptiveMaxPool2d.self, AvgPool1d.self, AvgPool2d.self, BCELoss.self, BCEWithLogitsLoss.self,
  BatchNorm1d.self, BatchNorm2d.self, Conv1d.self, Conv2d.self, ConvTranspose1d.self,
  ConvTranspose2d.self, CosineEmbeddingLoss.self, CrossEntropyLoss.self, Dropout.self,
  Dropout2d.self, ELU.self, Embedding.self, Flatten.self, GELU.self, GLU.self, GRU.self,
  GRUCell.self, GroupNorm.self, Hardsigmoid.self, Hardswish.self, Hardtanh.self,
  HingeEmbeddingLoss.self, HuberLoss.self, Identity.self, KLDivLoss.self, L1Loss.self,
  LSTM.self, LSTMCell.self, LayerNorm.self, LeakyReLU.self, Linear.self, LogSigmoid.self,
  LogSoftmax.self, MSELoss.self, MaxPool1d.self, MaxPool2d.self, Mish.self, ModuleDict.self,
  ModuleList.self, MultiheadAttention.self, NLLLoss.self, PReLU.self, Padding.self,
  RMSNorm.self, RNN.self, RNNCell.self, ReLU.self, ReLU6.self, RotaryPositions.self, SELU.self,
  Sequential.self, SiLU.self, Sigmoid.self, SinusoidalPositions.self, SmoothL1Loss.self,
  Softmax.self, Softplus.self, Softsign.self, Tanh.self, TransformerDecoder.self,
  TransformerDecoderLayer.self, TransformerEncoder.self, TransformerEncoderLayer.self,
  TripletMarginLoss.self, Unflatten.self, Upsample.self,
]

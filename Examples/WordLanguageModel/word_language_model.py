"""An LSTM that learns to guess the next word of a book, and then writes on by itself."""
import argparse
import math
import re

import torch
import torch.nn as nn
import torch.nn.functional as F

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, help="stop after so many training steps")
args = parser.parse_args()
batch_size, eval_batch_size, bptt, clip = 20, 10, 35, 0.25
lr = 20.0
epochs = 1 if args.steps else 12


class Dictionary:
    def __init__(self):
        self.word2idx = {}
        self.idx2word = []

    def add_word(self, word):
        if word not in self.word2idx:
            self.word2idx[word] = len(self.idx2word)
            self.idx2word.append(word)
        return self.word2idx[word]

    def __len__(self):
        return len(self.idx2word)


class Corpus:
    def __init__(self, path):
        self.dictionary = Dictionary()
        ids = []
        with open(path, encoding="utf8") as file:
            for line in file:
                words = re.findall("[a-z]+|[.,!?]", line.lower())
                if words:
                    ids += [self.dictionary.add_word(word) for word in words + ["<eos>"]]
        first, second = int(len(ids) * 0.8), int(len(ids) * 0.9)
        self.train = torch.tensor(ids[:first])
        self.valid = torch.tensor(ids[first:second])
        self.test = torch.tensor(ids[second:])


class RNNModel(nn.Module):
    def __init__(self, ntoken, ninp, nhid, nlayers, dropout=0.5, tie_weights=False):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(ntoken, ninp)
        self.rnn = nn.LSTM(ninp, nhid, nlayers, dropout=dropout)
        self.decoder = nn.Linear(nhid, ntoken)
        if tie_weights:
            self.decoder.weight = self.encoder.weight
        self.init_weights()
        self.nhid = nhid
        self.nlayers = nlayers

    def init_weights(self):
        initrange = 0.1
        nn.init.uniform_(self.encoder.weight, -initrange, initrange)
        nn.init.zeros_(self.decoder.bias)
        nn.init.uniform_(self.decoder.weight, -initrange, initrange)

    def forward(self, input, hidden):
        emb = self.drop(self.encoder(input))
        output, hidden = self.rnn(emb, hidden)
        decoded = self.decoder(self.drop(output))
        return F.log_softmax(decoded.view(-1, decoded.size(2)), dim=1), hidden

    def init_hidden(self, bsz):
        return (torch.zeros(self.nlayers, bsz, self.nhid), torch.zeros(self.nlayers, bsz, self.nhid))


def batchify(data, bsz):
    nbatch = data.size(0) // bsz
    return data[:nbatch * bsz].view(bsz, -1).t().contiguous()


def get_batch(source, i):
    seq_len = min(bptt, len(source) - 1 - i)
    return source[i:i + seq_len], source[i + 1:i + 1 + seq_len].view(-1)


def repackage_hidden(hidden):
    return tuple(h.detach() for h in hidden)


def evaluate(source):
    model.eval()
    total_loss = 0.0
    hidden = model.init_hidden(eval_batch_size)
    with torch.no_grad():
        for i in range(0, source.size(0) - 1, bptt):
            data, targets = get_batch(source, i)
            output, hidden = model(data, hidden)
            total_loss += len(data) * criterion(output, targets).item()
    return total_loss / (len(source) - 1)


def train():
    model.train()
    total_loss = 0.0
    hidden = model.init_hidden(batch_size)
    for batch, i in enumerate(range(0, train_data.size(0) - 1, bptt)):
        data, targets = get_batch(train_data, i)
        model.zero_grad()
        hidden = repackage_hidden(hidden)
        output, hidden = model(data, hidden)
        loss = criterion(output, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        with torch.no_grad():
            for p in model.parameters():
                p.add_(p.grad, alpha=-lr)
        total_loss += loss.item()
        if args.steps:
            print(f"batch {batch} loss {loss.item():.4f}")
        if batch + 1 == args.steps:
            break
    return total_loss / (batch + 1)


torch.manual_seed(0)
corpus = Corpus("Data/alice.txt")
ntokens = len(corpus.dictionary)
train_data = batchify(corpus.train, batch_size)
val_data = batchify(corpus.valid, eval_batch_size)
test_data = batchify(corpus.test, eval_batch_size)

model = RNNModel(ntokens, 128, 128, 2, dropout=0.2, tie_weights=True)
criterion = nn.NLLLoss()
best_val_loss = None
for epoch in range(1, epochs + 1):
    train_loss = train()
    val_loss = evaluate(val_data)
    print(f"epoch {epoch} lr {lr:g} loss {train_loss:.4f} valid loss {val_loss:.4f}"
          f" valid perplexity {math.exp(val_loss):.2f}")
    if best_val_loss is None or val_loss < best_val_loss:
        best_val_loss = val_loss
    else:
        lr /= 4

test_loss = evaluate(test_data)
print(f"test loss {test_loss:.4f} test perplexity {math.exp(test_loss):.2f}")

hidden = model.init_hidden(1)
input = torch.tensor([[corpus.dictionary.word2idx["alice"]]])
words = ["alice"]
with torch.no_grad():
    for _ in range(40):
        output, hidden = model(input, hidden)
        word_weights = (output[-1] / 0.8).exp()
        input.fill_(torch.multinomial(word_weights, 1)[0])
        words.append(corpus.dictionary.idx2word[input.item()])
print(" ".join(words))

"""A sequence-to-sequence network with attention that learns to say numbers in English."""
import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, help="stop after so many training steps")
args = parser.parse_args()
n_steps = args.steps or 1500
print_every = 1 if args.steps else 100
batch_size, hidden_size = 64, 64
teacher_forcing_ratio = 0.5

ones = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen").split()
tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
PAD, SOS, EOS = 0, 1, 2
words = ["<pad>", "<sos>", "<eos>"] + ones + tens + ["hundred", "thousand"]
word_index = {word: i for i, word in enumerate(words)}
max_source, max_target = 5, 8


def spell(n):
    if n >= 1000:
        return spell(n // 1000) + ["thousand"] + (spell(n % 1000) if n % 1000 else [])
    if n >= 100:
        return [ones[n // 100], "hundred"] + (spell(n % 100) if n % 100 else [])
    if n >= 20:
        return [tens[n // 10 - 2]] + ([ones[n % 10]] if n % 10 else [])
    return [ones[n]]


def source_indexes(n):
    indexes = [int(digit) + 3 for digit in str(n)] + [EOS]
    return indexes + [PAD] * (max_source - len(indexes))


def target_indexes(n):
    indexes = [word_index[word] for word in spell(n)] + [EOS]
    return indexes + [PAD] * (max_target - len(indexes))


class EncoderRNN(nn.Module):
    def __init__(self, input_size, hidden_size, dropout_p=0.1):
        super().__init__()
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(dropout_p)

    def forward(self, input):
        embedded = self.dropout(self.embedding(input))
        output, hidden = self.gru(embedded)
        return output, hidden


class BahdanauAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.Wa = nn.Linear(hidden_size, hidden_size)
        self.Ua = nn.Linear(hidden_size, hidden_size)
        self.Va = nn.Linear(hidden_size, 1)

    def forward(self, query, keys, mask):
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys)))
        scores = scores.squeeze(2).masked_fill(mask, float("-inf")).unsqueeze(1)
        weights = F.softmax(scores, dim=-1)
        context = torch.bmm(weights, keys)
        return context, weights


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size, dropout_p=0.1):
        super().__init__()
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.attention = BahdanauAttention(hidden_size)
        self.gru = nn.GRU(2 * hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, output_size)
        self.dropout = nn.Dropout(dropout_p)

    def forward(self, encoder_outputs, encoder_hidden, mask, target_tensor=None):
        decoder_input = torch.full((encoder_outputs.size(0), 1), SOS)
        decoder_hidden = encoder_hidden
        decoder_outputs = []
        attentions = []
        for i in range(max_target):
            decoder_output, decoder_hidden, attn_weights = self.forward_step(
                decoder_input, decoder_hidden, encoder_outputs, mask)
            decoder_outputs.append(decoder_output)
            attentions.append(attn_weights)
            if target_tensor is not None:
                decoder_input = target_tensor[:, i].unsqueeze(1)
            else:
                _, topi = decoder_output.topk(1)
                decoder_input = topi.squeeze(-1).detach()
        decoder_outputs = F.log_softmax(torch.cat(decoder_outputs, dim=1), dim=-1)
        return decoder_outputs, torch.cat(attentions, dim=1)

    def forward_step(self, input, hidden, encoder_outputs, mask):
        embedded = self.dropout(self.embedding(input))
        query = hidden.permute(1, 0, 2)
        context, attn_weights = self.attention(query, encoder_outputs, mask)
        output, hidden = self.gru(torch.cat((embedded, context), dim=2), hidden)
        return self.out(output), hidden, attn_weights


def get_batch(numbers):
    source = torch.tensor([source_indexes(n) for n in numbers])
    target = torch.tensor([target_indexes(n) for n in numbers])
    return source, target


def train_step(source, target):
    encoder_optimizer.zero_grad()
    decoder_optimizer.zero_grad()
    encoder_outputs, encoder_hidden = encoder(source)
    teacher = target if torch.rand(1).item() < teacher_forcing_ratio else None
    decoder_outputs, _ = decoder(encoder_outputs, encoder_hidden, source == PAD, teacher)
    loss = criterion(decoder_outputs.view(-1, decoder_outputs.size(-1)), target.view(-1))
    loss.backward()
    encoder_optimizer.step()
    decoder_optimizer.step()
    return loss.item()


def evaluate(numbers):
    with torch.no_grad():
        source, _ = get_batch(numbers)
        encoder_outputs, encoder_hidden = encoder(source)
        decoder_outputs, attentions = decoder(encoder_outputs, encoder_hidden, source == PAD)
    answers = []
    for row in decoder_outputs.argmax(dim=-1).tolist():
        answers.append([words[i] for i in (row[:row.index(EOS)] if EOS in row else row)])
    return answers, attentions


torch.manual_seed(0)
order = torch.randperm(10000).tolist()
train_numbers, test_numbers = order[:8000], order[8000:]
encoder = EncoderRNN(13, hidden_size)
decoder = AttnDecoderRNN(hidden_size, len(words))
encoder_optimizer = optim.Adam(encoder.parameters(), lr=0.002)
decoder_optimizer = optim.Adam(decoder.parameters(), lr=0.002)
criterion = nn.NLLLoss(ignore_index=PAD)

total_loss = 0
for step in range(1, n_steps + 1):
    picks = torch.randint(0, len(train_numbers), (batch_size,)).tolist()
    total_loss += train_step(*get_batch([train_numbers[i] for i in picks]))
    if step % print_every == 0:
        print(f"step {step} loss {total_loss / print_every:.4f}")
        total_loss = 0

encoder.eval()
decoder.eval()
answers, _ = evaluate(test_numbers)
right = sum(answer == spell(n) for n, answer in zip(test_numbers, answers))
print(f"{right} of {len(test_numbers)} numbers said right")

for n in [7, 42, 815, 3016, 9999]:
    answers, attentions = evaluate([n])
    looks = attentions[0].argmax(dim=-1).tolist()
    digits = str(n) + "."
    print(n, " ".join(f"{word}({digits[i]})" for word, i in zip(answers[0], looks)))

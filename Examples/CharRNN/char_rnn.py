"""A recurrent network of two linear layers that learns to make up first names."""
import argparse

import torch
import torch.nn as nn

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, help="stop after so many training steps")
args = parser.parse_args()
n_iters = args.steps or 20000
print_every = 1 if args.steps else 1000
learning_rate = 0.005
max_length = 12

all_letters = "abcdefghijklmnopqrstuvwxyz"
n_letters = len(all_letters) + 1  # one more for the end of a name

with open("Data/names.txt", encoding="utf8") as file:
    names = file.read().strip().split("\n")


class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.o2o = nn.Linear(hidden_size + output_size, output_size)
        self.dropout = nn.Dropout(0.1)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        input_combined = torch.cat((input, hidden), 1)
        hidden = torch.tanh(self.i2h(input_combined))
        output = self.i2o(input_combined)
        output_combined = torch.cat((hidden, output), 1)
        output = self.o2o(output_combined)
        output = self.dropout(output)
        output = self.softmax(output)
        return output, hidden

    def init_hidden(self):
        return torch.zeros(1, self.hidden_size)


def input_tensor(name):
    tensor = torch.zeros(len(name), 1, n_letters)
    for i, letter in enumerate(name):
        tensor[i][0][all_letters.find(letter)] = 1
    return tensor


def target_tensor(name):
    letter_indexes = [all_letters.find(letter) for letter in name[1:]]
    letter_indexes.append(n_letters - 1)
    return torch.LongTensor(letter_indexes)


def random_name():
    return names[torch.randint(0, len(names), (1,)).item()]


def train(input_line_tensor, target_line_tensor):
    target_line_tensor.unsqueeze_(-1)
    hidden = rnn.init_hidden()
    rnn.zero_grad()
    loss = torch.zeros(1)
    for i in range(input_line_tensor.size(0)):
        output, hidden = rnn(input_line_tensor[i], hidden)
        loss += criterion(output, target_line_tensor[i])
    loss.backward()
    with torch.no_grad():
        for p in rnn.parameters():
            p.add_(p.grad, alpha=-learning_rate)
    return loss.item() / input_line_tensor.size(0)


def sample(start_letter):
    with torch.no_grad():
        input = input_tensor(start_letter)
        hidden = rnn.init_hidden()
        output_name = start_letter
        for _ in range(max_length):
            output, hidden = rnn(input[0], hidden)
            letter_index = torch.multinomial(output.exp(), 1).item()
            if letter_index == n_letters - 1:
                break
            output_name += all_letters[letter_index]
            input = input_tensor(all_letters[letter_index])
        return output_name


torch.manual_seed(0)
rnn = RNN(n_letters, 128, n_letters)
criterion = nn.NLLLoss()

total_loss = 0
for iter in range(1, n_iters + 1):
    name = random_name()
    loss = train(input_tensor(name), target_tensor(name))
    total_loss += loss
    if iter % print_every == 0:
        print(f"{iter} {100 * iter // n_iters}% loss {total_loss / print_every:.4f}")
        total_loss = 0

rnn.eval()
for start_letter in "abcdefghij":
    print(" ".join(sample(start_letter) for _ in range(3)))

"""REINFORCE learns to balance a pole on a cart."""
import argparse
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions import Categorical

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=500, help="stop after so many episodes")
args = parser.parse_args()

GAMMA = 0.99
MAX_EPISODE_STEPS = 500
REWARD_THRESHOLD = 400


class CartPole:
    GRAVITY, CART_MASS, POLE_MASS, HALF_LENGTH = 9.8, 1.0, 0.1, 0.5
    FORCE, TIME_STEP = 10.0, 0.02
    MAX_POSITION, MAX_ANGLE = 2.4, 12 * math.pi / 180

    def reset(self):
        self.state = torch.empty(4, dtype=torch.float64).uniform_(-0.05, 0.05).tolist()
        return self.state

    def step(self, action):
        x, velocity, angle, spin = self.state
        force = self.FORCE if action == 1 else -self.FORCE
        total_mass = self.CART_MASS + self.POLE_MASS
        sin, cos = math.sin(angle), math.cos(angle)
        push = (force + self.POLE_MASS * self.HALF_LENGTH * spin**2 * sin) / total_mass
        inertia = self.HALF_LENGTH * (4 / 3 - self.POLE_MASS * cos**2 / total_mass)
        turn = (self.GRAVITY * sin - cos * push) / inertia
        acceleration = push - self.POLE_MASS * self.HALF_LENGTH * turn * cos / total_mass
        x += self.TIME_STEP * velocity
        velocity += self.TIME_STEP * acceleration
        angle += self.TIME_STEP * spin
        spin += self.TIME_STEP * turn
        self.state = [x, velocity, angle, spin]
        fallen = abs(x) > self.MAX_POSITION or abs(angle) > self.MAX_ANGLE
        return self.state, 1.0, fallen


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 128)
        self.dropout = nn.Dropout(p=0.6)
        self.output = nn.Linear(128, 2)

    def forward(self, x):
        x = F.relu(self.dropout(self.hidden(x)))
        return F.softmax(self.output(x), dim=1)


torch.manual_seed(0)
env = CartPole()
policy = Policy()
optimizer = optim.Adam(policy.parameters(), lr=1e-2)
eps = torch.finfo(torch.float32).eps


def select_action(state):
    probs = policy(torch.tensor(state).unsqueeze(0))
    m = Categorical(probs)
    action = m.sample()
    return action.item(), m.log_prob(action)


def finish_episode(log_probs, rewards):
    R = 0
    returns = []
    for r in reversed(rewards):
        R = r + GAMMA * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + eps)
    loss = -(torch.cat(log_probs) * returns).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


running_reward = 10.0
for episode in range(1, args.steps + 1):
    state = env.reset()
    log_probs, rewards = [], []
    for _ in range(MAX_EPISODE_STEPS):
        action, log_prob = select_action(state)
        state, reward, done = env.step(action)
        log_probs.append(log_prob)
        rewards.append(reward)
        if done:
            break
    episode_reward = sum(rewards)
    running_reward = 0.05 * episode_reward + 0.95 * running_reward
    loss = finish_episode(log_probs, rewards)
    if args.steps < 100 or episode % 20 == 0:
        print(f"episode {episode} reward {episode_reward:.0f} loss {loss:.4f} "
              f"running reward {running_reward:.2f}")
    if running_reward > REWARD_THRESHOLD:
        print(f"solved after {episode} episodes")
        break
print(f"running reward {running_reward:.2f}")

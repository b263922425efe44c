// Batch norm and group norm: channels normalized to mean 0 and variance 1, then scaled and shifted. The
// elements of one channel of one example are a segment. Its totals are joined to those of a group: of a channel in
// all examples, or of several channels in one. Where a channel is a column of numbers, a segment is a part of that.

#include <stdlib.h>

#include "channels.h"
#include "functions.h"
#include "row_totals.h"

static long group_of(const ChannelNorm *norm, long segment) {
  long channel = segment % norm->channels;
  if (norm->groups == 0) return channel;
  return segment / norm->channels * norm->groups + channel / (norm->channels / norm->groups);
}

static long group_count(const ChannelNorm *norm) {
  return norm->groups == 0 ? norm->channels : norm->outer * norm->groups;
}

static bool has_columns(const ChannelNorm *norm) { return norm->groups == 0 && norm->inner == 1; }

static long segment_count(const ChannelNorm *norm) {
  return (has_columns(norm) ? COLUMN_PARTS : norm->outer) * norm->channels;
}

// The number of elements of a group.
static double group_size(const ChannelNorm *norm) {
  return (double)norm->inner *
         (norm->groups == 0 ? norm->outer : norm->channels / norm->groups);
}

#define CHANNELS(dtype, S, T, ...)                                                           \
  ROW_TOTAL(sum_##dtype, S, FLAMBEAU_LOAD_##dtype, a)                                        \
  ROW_TOTAL(squares_##dtype, S, FLAMBEAU_LOAD_##dtype, a *a)                                 \
  ROW_TOTAL(along_##dtype, S, FLAMBEAU_LOAD_##dtype, a *b)                                   \
  /* The sums of the segments, or their squares' about the group's mean. */                  \
  static void sums_##dtype(void *context, long begin, long end) {                            \
    const ChannelWork *work = context;                                                       \
    long n = work->norm.inner;                                                               \
    for (long s = begin; s < end; s++) {                                                     \
      const S *x = (const S *)work->norm.x + s * n;                                          \
      work->totals[2 * s] = sum_##dtype(n, x, 0, x);                                         \
    }                                                                                        \
  }                                                                                          \
  static void deviations_##dtype(void *context, long begin, long end) {                      \
    const ChannelWork *work = context;                                                       \
    long n = work->norm.inner;                                                               \
    for (long s = begin; s < end; s++) {                                                     \
      const S *x = (const S *)work->norm.x + s * n;                                          \
      work->totals[2 * s + 1] =                                                              \
          squares_##dtype(n, x, work->norm.means[group_of(&work->norm, s)], x);              \
    }                                                                                        \
  }                                                                                          \
  /* Σ g and Σ g·(x - μ) of each segment. */                                                 \
  static void gradient_totals_##dtype(void *context, long begin, long end) {                 \
    const ChannelWork *work = context;                                                       \
    long n = work->norm.inner;                                                               \
    for (long s = begin; s < end; s++) {                                                     \
      const S *x = (const S *)work->norm.x + s * n, *g = (const S *)work->gradient + s * n;  \
      double mean = work->norm.means[group_of(&work->norm, s)];                              \
      work->totals[2 * s] = sum_##dtype(n, g, 0, g);                                         \
      work->totals[2 * s + 1] = along_##dtype(n, x, mean, g);                                \
    }                                                                                        \
  }                                                                                          \
  VECTORIZED static void apply_segment_##dtype(                                              \
      long n, S *y, const S *x, const S *g, T mean, T slope, T of_gradient, T constant) {    \
    if (g) {                                                                                 \
      INDEPENDENT for (long i = 0; i < n; i++) {                                             \
        T along = (FLAMBEAU_LOAD_##dtype(x[i]) - mean) * slope + constant;                   \
        y[i] = FLAMBEAU_STORE_##dtype(FLAMBEAU_LOAD_##dtype(g[i]) * of_gradient + along);    \
      }                                                                                      \
    } else {                                                                                 \
      INDEPENDENT for (long i = 0; i < n; i++) {                                             \
        y[i] = FLAMBEAU_STORE_##dtype(                                                       \
            (FLAMBEAU_LOAD_##dtype(x[i]) - mean) * slope + constant);                        \
      }                                                                                      \
    }                                                                                        \
  }                                                                                          \
  static void apply_##dtype(void *context, long begin, long end) {                           \
    const ChannelWork *work = context;                                                       \
    long n = work->norm.inner;                                                               \
    for (long s = begin; s < end; s++) {                                                     \
      const double *terms = work->terms + TERMS * s;                                         \
      double mean = work->norm.means[group_of(&work->norm, s)];                              \
      T near = (T)mean;                                                                      \
      /* What the mean loses in the compute type is made up for in the constant. */          \
      T constant = (T)(terms[2] + (near - mean) * terms[0]);                                 \
      apply_segment_##dtype(                                                                 \
          n, (S *)work->y + s * n, (const S *)work->norm.x + s * n,                          \
          work->gradient ? (const S *)work->gradient + s * n : NULL, near, (T)terms[0],      \
          (T)terms[1], constant);                                                            \
    }                                                                                        \
  }                                                                                          \
  static void load_parameters_##dtype(long n, double *to, const S *from, double otherwise) { \
    for (long i = 0; i < n; i++) to[i] = from ? FLAMBEAU_LOAD_##dtype(from[i]) : otherwise;  \
  }                                                                                          \
  static void store_parameters_##dtype(long n, S *to, const double *from) {                  \
    for (long i = 0; to && i < n; i++) to[i] = FLAMBEAU_STORE_##dtype(from[i]);              \
  }
FLAMBEAU_FLOAT_DTYPES(CHANNELS)

#define SHARE(name)                                                                           \
  if (has_columns(&norm)) {                                                                   \
    share_rows(                                                                               \
        column_##name, dtype, COLUMN_PARTS, norm.outer *norm.channels / COLUMN_PARTS, &work); \
  } else {                                                                                    \
    static const RowBody bodies[FLAMBEAU_DTYPE_COUNT] = FLOAT_ROW_BODIES(name);               \
    share_rows(bodies, dtype, norm.outer *norm.channels, norm.inner, &work);                  \
  }

void flambeau_channel_statistics(DType dtype, ChannelNorm norm) {
  long segments = segment_count(&norm), groups = group_count(&norm);
  double *totals = malloc(2 * segments * sizeof(double));
  ChannelWork work = {.norm = norm, .totals = totals};
  for (long k = 0; k < groups; k++) norm.means[k] = norm.variances[k] = 0;
  SHARE(sums)
  for (long s = 0; s < segments; s++) norm.means[group_of(&norm, s)] += totals[2 * s];
  for (long k = 0; k < groups; k++) norm.means[k] /= group_size(&norm);
  SHARE(deviations)
  for (long s = 0; s < segments; s++) norm.variances[group_of(&norm, s)] += totals[2 * s + 1];
  for (long k = 0; k < groups; k++) norm.variances[k] /= group_size(&norm);
  free(totals);
}

// The weights and biases of the channels, in double precision.
static double *parameters_of(DType dtype, const ChannelNorm *norm) {
  double *parameters = malloc(2 * norm->channels * sizeof(double));
  FLAMBEAU_CALL_FLOAT(dtype, load_parameters, norm->channels, parameters, norm->weight, 1)
  FLAMBEAU_CALL_FLOAT(
      dtype, load_parameters, norm->channels, parameters + norm->channels, norm->bias, 0)
  return parameters;
}

void flambeau_channel_norm(DType dtype, ChannelNorm norm, void *y) {
  long segments = segment_count(&norm);
  double *parameters = parameters_of(dtype, &norm);
  double *terms = malloc(TERMS * segments * sizeof(double));
  for (long s = 0; s < segments; s++) {
    long channel = s % norm.channels;
    terms[TERMS * s] = parameters[channel] / sqrt(norm.variances[group_of(&norm, s)] + norm.eps);
    terms[TERMS * s + 1] = 0;
    terms[TERMS * s + 2] = parameters[norm.channels + channel];
  }
  ChannelWork work = {.norm = norm, .y = y, .terms = terms};
  SHARE(apply)
  free(terms);
  free(parameters);
}

// With r = 1 / √(σ² + ε), h = g·w, and means over a group: dx = r·(h - mean(h) - (x - μ)·r²·mean(h·(x - μ))), or r·h if
// the statistics are constants; dw = Σ g·(x - μ)·r and db = Σ g.
void flambeau_channel_norm_gradients(
    DType dtype, ChannelNorm norm, bool constant_statistics, const void *gradient, void *dx,
    void *dw, void *db) {
  long segments = segment_count(&norm), groups = group_count(&norm);
  double *parameters = parameters_of(dtype, &norm), size = group_size(&norm);
  double *totals = malloc(2 * segments * sizeof(double));
  double *terms = malloc(TERMS * segments * sizeof(double));
  double *of_groups = calloc(2 * groups, sizeof(double));
  double *of_channels = calloc(2 * norm.channels, sizeof(double));
  ChannelWork work = {
      .norm = norm, .y = dx, .gradient = gradient, .totals = totals, .terms = terms};
  SHARE(gradient_totals)
  for (long s = 0; s < segments; s++) {
    long channel = s % norm.channels, group = group_of(&norm, s);
    double r = 1 / sqrt(norm.variances[group] + norm.eps);
    of_channels[channel] += totals[2 * s + 1] * r;
    of_channels[norm.channels + channel] += totals[2 * s];
    of_groups[2 * group] += totals[2 * s] * parameters[channel];
    of_groups[2 * group + 1] += totals[2 * s + 1] * parameters[channel];
  }
  for (long s = 0; s < segments; s++) {
    long group = group_of(&norm, s);
    double r = 1 / sqrt(norm.variances[group] + norm.eps);
    double *own = terms + TERMS * s, share = constant_statistics ? 0 : r / size;
    own[0] = -r * r * share * of_groups[2 * group + 1];
    own[1] = r * parameters[s % norm.channels];
    own[2] = -share * of_groups[2 * group];
  }
  SHARE(apply)
  FLAMBEAU_CALL_FLOAT(dtype, store_parameters, norm.channels, dw, of_channels)
  FLAMBEAU_CALL_FLOAT(dtype, store_parameters, norm.channels, db, of_channels + norm.channels)
  free(of_channels);
  free(of_groups);
  free(terms);
  free(totals);
  free(parameters);
}

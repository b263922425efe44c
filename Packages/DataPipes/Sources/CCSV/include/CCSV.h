#pragma once
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A field kept as text.
typedef struct {
  const char *start;
  long length;
} CSVSpan;

typedef enum : int32_t {
  /// The caller reads every field.
  CSV_OTHER,
  CSV_INTEGERS,
  CSV_NUMBERS,
  CSV_TEXTS,
} CSVKind;

/// A column's kind, and memory for one int64_t, double or CSVSpan for each row.
typedef struct {
  CSVKind kind;
  void *values;
} CSVColumnMemory;

/// The current position: the start of a field, or of a row if `column` is 0.
typedef struct {
  const char *position;
  long row;
  int32_t column;
} CSVPlace;

typedef enum : int32_t {
  /// There are no more rows.
  CSV_END,
  /// The columns' memory is full.
  CSV_FULL,
  /// The current field is quoted, or not of its column's kind.
  CSV_FIELD,
  /// The row has fewer fields than there are columns, or more.
  CSV_SHORT_ROW,
  CSV_LONG_ROW,
} CSVEvent;

/// Reads rows into the columns' memory until an event occurs. Blank lines are skipped.
CSVEvent csv_read(
    CSVPlace *place, const char *end, char separator, const CSVColumnMemory *columns,
    int32_t column_count, long row_limit);

/// Advances past the separator or the end of the row, which must follow a field that ends at `place->position`.
/// Returns CSV_FIELD on success, and CSV_END if neither is there.
CSVEvent csv_end_field(
    CSVPlace *place, const char *end, char separator, int32_t column_count);

/// Parses a number that fills the text, except for spaces around it, as csv_read does.
bool csv_parse_integer(const char *begin, const char *end, int64_t *integer);
bool csv_parse_number(const char *begin, const char *end, double *number);

#ifdef __cplusplus
}
#endif

/* Numbers in network byte order, read and written at any alignment. */
#pragma once

#include <glib.h>
#include <string.h>

static inline guint16
fram_load_be16 (const guint8 *bytes)
{
  guint16 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT16_FROM_BE (value);
}

static inline guint32
fram_load_be32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_BE (value);
}

static inline guint64
fram_load_be64 (const guint8 *bytes)
{
  guint64 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT64_FROM_BE (value);
}

static inline void
fram_store_be16 (guint8 *bytes, guint16 value)
{
  value = GUINT16_TO_BE (value);
  memcpy (bytes, &value, sizeof value);
}

static inline void
fram_store_be32 (guint8 *bytes, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (bytes, &value, sizeof value);
}

static inline void
fram_store_be64 (guint8 *bytes, guint64 value)
{
  value = GUINT64_TO_BE (value);
  memcpy (bytes, &value, sizeof value);
}

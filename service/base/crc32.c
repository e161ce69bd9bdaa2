/* CRC-32 eight bytes at a time ("slicing by eight"): row k of the table says what a byte
 * contributes when k more bytes follow it. */
#include "base/digest.h"

#include <string.h>

/* A CRC is linear: the entry of a byte is the sum, which is XOR, of the entries of its bits.
 * So each row follows from the eight entries of 1, 2, 4 ... 128, and the compiler writes the
 * table out. */
#define BITS(n, b0, b1, b2, b3, b4, b5, b6, b7)                                          \
  (((n) &1 ? b0 : 0) ^ ((n) &2 ? b1 : 0) ^ ((n) &4 ? b2 : 0) ^ ((n) &8 ? b3 : 0)         \
   ^ ((n) &16 ? b4 : 0) ^ ((n) &32 ? b5 : 0) ^ ((n) &64 ? b6 : 0) ^ ((n) &128 ? b7 : 0))
#define FOUR(n, ...)                                                                     \
  BITS (n, __VA_ARGS__), BITS (n + 1, __VA_ARGS__), BITS (n + 2, __VA_ARGS__),           \
      BITS (n + 3, __VA_ARGS__)
#define SIXTEEN(n, ...)                                                                  \
  FOUR (n, __VA_ARGS__), FOUR (n + 4, __VA_ARGS__), FOUR (n + 8, __VA_ARGS__),           \
      FOUR (n + 12, __VA_ARGS__)
#define SIXTY_FOUR(n, ...)                                                               \
  SIXTEEN (n, __VA_ARGS__), SIXTEEN (n + 16, __VA_ARGS__),                               \
      SIXTEEN (n + 32, __VA_ARGS__), SIXTEEN (n + 48, __VA_ARGS__)
#define TABLE(...)                                                                       \
  SIXTY_FOUR (0, __VA_ARGS__), SIXTY_FOUR (64, __VA_ARGS__),                             \
      SIXTY_FOUR (128, __VA_ARGS__), SIXTY_FOUR (192, __VA_ARGS__)

/* The reflected polynomial 0xedb88320 of ITU V.42. */
static const guint32 table[8][256] = {
  { TABLE (0x77073096, 0xee0e612c, 0x076dc419, 0x0edb8832, 0x1db71064, 0x3b6e20c8,
           0x76dc4190, 0xedb88320) },
  { TABLE (0x191b3141, 0x32366282, 0x646cc504, 0xc8d98a08, 0x4ac21251, 0x958424a2,
           0xf0794f05, 0x3b83984b) },
  { TABLE (0x01c26a37, 0x0384d46e, 0x0709a8dc, 0x0e1351b8, 0x1c26a370, 0x384d46e0,
           0x709a8dc0, 0xe1351b80) },
  { TABLE (0xb8bc6765, 0xaa09c88b, 0x8f629757, 0xc5b428ef, 0x5019579f, 0xa032af3e,
           0x9b14583d, 0xed59b63b) },
  { TABLE (0x3d6029b0, 0x7ac05360, 0xf580a6c0, 0x30704bc1, 0x60e09782, 0xc1c12f04,
           0x58f35849, 0xb1e6b092) },
  { TABLE (0xcb5cd3a5, 0x4dc8a10b, 0x9b914216, 0xec53826d, 0x03d6029b, 0x07ac0536,
           0x0f580a6c, 0x1eb014d8) },
  { TABLE (0xa6770bb4, 0x979f1129, 0xf44f2413, 0x33ef4e67, 0x67de9cce, 0xcfbd399c,
           0x440b7579, 0x8816eaf2) },
  { TABLE (0xccaa009e, 0x4225077d, 0x844a0efa, 0xd3e51bb5, 0x7cbb312b, 0xf9766256,
           0x299dc2ed, 0x533b85da) },
};

static guint32
load_le32 (const guint8 *bytes)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT32_FROM_LE (value);
}

guint32
fram_crc32 (guint32 crc, const guint8 *data, gsize length)
{
  crc = ~crc;
  for (; length >= 8; data += 8, length -= 8)
    {
      guint32 low = load_le32 (data) ^ crc, high = load_le32 (data + 4);

      crc = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^ table[5][low >> 16 & 0xff]
            ^ table[4][low >> 24] ^ table[3][high & 0xff] ^ table[2][high >> 8 & 0xff]
            ^ table[1][high >> 16 & 0xff] ^ table[0][high >> 24];
    }
  for (; length > 0; data++, length--)
    crc = crc >> 8 ^ table[0][(crc ^ *data) & 0xff];
  return ~crc;
}

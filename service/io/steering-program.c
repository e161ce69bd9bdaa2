#include "io/steering-program.h"

#include "stun/message.h"

#include <netinet/in.h>
#include <stdlib.h>

/* Where the headers lie for a program (RFC 791 §3.1, RFC 8200 §3, RFC 768). */
#define IP_HEADER ((guint32) SKF_NET_OFF)
#define IPV4_SOURCE (IP_HEADER + 12)
#define IPV6_NEXT_HEADER (IP_HEADER + 6)
#define IPV6_SOURCE (IP_HEADER + 8)
#define IPV6_UDP_PORT (IP_HEADER + 40)

/* So many keys are compared one after the other. */
#define LEAF 4

typedef struct
{
  struct sock_filter *code;
  guint n;
} Writer;

typedef struct
{
  guint32 key;
  guint32 slot;
} Key;

static void
emit (Writer *writer, guint16 code, guint32 k)
{
  writer->code[writer->n++] = (struct sock_filter){ code, 0, 0, k };
}

/* `yes` and `no`: how many instructions to leave out. */
static void
emit_jump (Writer *writer, guint16 condition, guint32 k, guint8 yes, guint8 no)
{
  writer->code[writer->n++]
      = (struct sock_filter){ BPF_JMP | condition | BPF_K, yes, no, k };
}

static guint32
get_word (const FramAddress *address, guint index)
{
  const guint8 *bytes = address->ip + index * 4;

  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8
         | bytes[3];
}

static guint
count_words (const FramAddress *address)
{
  return address->family == FRAM_FAMILY_IPV6 ? 4 : 1;
}

static guint32
get_source_offset (const FramAddress *address, guint word)
{
  return (address->family == FRAM_FAMILY_IPV6 ? IPV6_SOURCE : IPV4_SOURCE) + word * 4;
}

/* The same as the program computes.  The highest bit stays 0: each comparison with such a key
 * is one instruction of the machine. */
static guint32
hash (const FramAddress *address, guint32 multiplier)
{
  guint32 key = 0;

  for (guint i = 0; i < count_words (address); i++)
    key = (key + get_word (address, i)) * multiplier;
  key += address->port;
  return (key ^ key >> 15) & 0x7fffffff;
}

/* RFC 8489 §5.  A too short datagram would end the program at a load beyond it, with the service. */
static void
emit_stun (Writer *writer)
{
  emit (writer, BPF_LD | BPF_W | BPF_LEN, 0);
  emit_jump (writer, BPF_JGE, FRAM_STUN_HEADER_SIZE, 0, 5);
  emit (writer, BPF_LD | BPF_B | BPF_ABS, 0);
  emit_jump (writer, BPF_JGT, 3, 3, 0);
  emit (writer, BPF_LD | BPF_W | BPF_ABS, 4);
  emit_jump (writer, BPF_JEQ, FRAM_STUN_MAGIC_COOKIE, 0, 1);
  emit (writer, BPF_RET | BPF_K, 0);
}

/* Into M[0].  A peer may send IPv4 options; IPv6 with extension headers is the service's. */
static void
emit_port (Writer *writer, FramFamily family)
{
  if (family == FRAM_FAMILY_IPV6)
    {
      emit (writer, BPF_LD | BPF_B | BPF_ABS, IPV6_NEXT_HEADER);
      emit_jump (writer, BPF_JEQ, IPPROTO_UDP, 1, 0);
      emit (writer, BPF_RET | BPF_K, 0);
      emit (writer, BPF_LD | BPF_H | BPF_ABS, IPV6_UDP_PORT);
    }
  else
    {
      emit (writer, BPF_LDX | BPF_B | BPF_MSH, IP_HEADER);
      emit (writer, BPF_LD | BPF_H | BPF_IND, IP_HEADER);
    }
  emit (writer, BPF_ST, 0);
}

/* The port is in A.  A datagram of our probe names the slot that it is for.  Nobody else can
 * send from that address and port. */
static void
emit_probe (Writer *writer, const FramSteeringFrame *frame)
{
  guint words = count_words (&frame->own);

  emit_jump (writer, BPF_JEQ, frame->probe_port, 0, (guint8) (words * 2 + 2));
  for (guint i = 0; i < words; i++)
    {
      emit (writer, BPF_LD | BPF_W | BPF_ABS, get_source_offset (&frame->own, i));
      emit_jump (writer, BPF_JEQ, get_word (&frame->own, i), 0,
                 (guint8) ((words - i - 1) * 2 + 2));
    }
  emit (writer, BPF_LD | BPF_W | BPF_ABS, 0);
  emit (writer, BPF_RET | BPF_A, 0);
}

static void
emit_hash (Writer *writer, const FramSteeringFrame *frame)
{
  guint words = count_words (&frame->own);

  for (guint i = 0; i < words; i++)
    {
      emit (writer, BPF_LD | BPF_W | BPF_ABS, get_source_offset (&frame->own, i));
      if (i > 0)
        emit (writer, BPF_ALU | BPF_ADD | BPF_X, 0);
      emit (writer, BPF_ALU | BPF_MUL | BPF_K, frame->multiplier);
      if (i < words - 1)
        emit (writer, BPF_MISC | BPF_TAX, 0);
    }
  emit (writer, BPF_LDX | BPF_MEM, 0);
  emit (writer, BPF_ALU | BPF_ADD | BPF_X, 0);
  emit (writer, BPF_MISC | BPF_TAX, 0);
  emit (writer, BPF_ALU | BPF_RSH | BPF_K, 15);
  emit (writer, BPF_ALU | BPF_XOR | BPF_X, 0);
  emit (writer, BPF_ALU | BPF_AND | BPF_K, 0x7fffffff);
}

static void
emit_tree (Writer *writer, const Key *keys, guint n)
{
  guint middle = n / 2, jump;

  if (n <= LEAF)
    {
      for (guint i = 0; i < n; i++)
        {
          emit_jump (writer, BPF_JEQ, keys[i].key, 0, 1);
          emit (writer, BPF_RET | BPF_K, keys[i].slot);
        }
      emit (writer, BPF_RET | BPF_K, 0);
      return;
    }
  /* The upper half may lie further than a condition can jump. */
  emit_jump (writer, BPF_JGE, keys[middle].key, 0, 1);
  jump = writer->n;
  emit (writer, BPF_JMP | BPF_JA, 0);
  emit_tree (writer, keys, middle);
  writer->code[jump].k = writer->n - jump - 1;
  emit_tree (writer, keys + middle, n - middle);
}

static int
compare_keys (const void *a, const void *b)
{
  const Key *key = a, *other = b;

  return (key->key > other->key) - (key->key < other->key);
}

guint
fram_steering_build (struct sock_filter ret_program[FRAM_STEERING_LENGTH],
                     const FramSteeringFrame *frame, const FramSteeringEntry *entries,
                     guint n_entries)
{
  Writer writer = { .code = ret_program };
  Key keys[FRAM_STEERING_MAX];

  g_return_val_if_fail (n_entries <= FRAM_STEERING_MAX, 0);

  for (guint i = 0; i < n_entries; i++)
    {
      keys[i].key = hash (&entries[i].remote, frame->multiplier);
      keys[i].slot = entries[i].slot;
    }
  qsort (keys, n_entries, sizeof *keys, compare_keys);
  for (guint i = 1; i < n_entries; i++)
    if (keys[i].key == keys[i - 1].key)
      return 0;

  emit_stun (&writer);
  emit_port (&writer, frame->own.family);
  emit (&writer, BPF_LD | BPF_MEM, 0);
  emit_probe (&writer, frame);
  emit_hash (&writer, frame);
  emit_tree (&writer, keys, n_entries);
  g_assert (writer.n <= FRAM_STEERING_LENGTH);
  return writer.n;
}

/* A socket's filter has the UDP header at offset 0. */
guint
fram_steering_build_filter (struct sock_filter ret_filter[FRAM_STEERING_FILTER_LENGTH],
                            const FramAddress *remote)
{
  Writer writer = { .code = ret_filter };
  guint words = count_words (remote);

  emit (&writer, BPF_LD | BPF_H | BPF_ABS, 0);
  emit_jump (&writer, BPF_JEQ, remote->port, 0, (guint8) (words * 2 + 1));
  for (guint i = 0; i < words; i++)
    {
      emit (&writer, BPF_LD | BPF_W | BPF_ABS, get_source_offset (remote, i));
      emit_jump (&writer, BPF_JEQ, get_word (remote, i), 0,
                 (guint8) ((words - i - 1) * 2 + 1));
    }
  emit (&writer, BPF_RET | BPF_K, G_MAXUINT32);
  emit (&writer, BPF_RET | BPF_K, 0);
  return writer.n;
}

#include "allocations.h"

#include <stddef.h>

static guint64 n_allocations;

guint64
allocations_count (void)
{
  return n_allocations;
}

#if defined __SANITIZE_ADDRESS__
#define FRAM_ADDRESS_SANITIZER 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define FRAM_ADDRESS_SANITIZER 1
#endif
#endif

#ifdef FRAM_ADDRESS_SANITIZER

/* The sanitizer has an allocator of its own, which tells whoever asks to be told. */
int __sanitizer_install_malloc_and_free_hooks (void (*on_malloc) (const volatile void *,
                                                                  size_t),
                                               void (*on_free) (const volatile void *));

static void
count_allocation (const volatile void *block, size_t size)
{
  n_allocations++;
}

static void
ignore_release (const volatile void *block)
{
}

__attribute__ ((constructor)) static void
install_hooks (void)
{
  __sanitizer_install_malloc_and_free_hooks (count_allocation, ignore_release);
}

#else

/* What a program defines comes before the C library's, for all libraries in it too; the
 * library's own is known by these names. */
void *__libc_malloc (size_t size);
void *__libc_calloc (size_t count, size_t size);
void *__libc_realloc (void *block, size_t size);
void *malloc (size_t size);
void *calloc (size_t count, size_t size);
void *realloc (void *block, size_t size);

void *
malloc (size_t size)
{
  n_allocations++;
  return __libc_malloc (size);
}

void *
calloc (size_t count, size_t size)
{
  n_allocations++;
  return __libc_calloc (count, size);
}

void *
realloc (void *block, size_t size)
{
  n_allocations++;
  return __libc_realloc (block, size);
}

#endif

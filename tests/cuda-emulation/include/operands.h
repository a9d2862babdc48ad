// How the emulated libraries read and round numbers.
#ifndef AMBISPIKE_EMULATED_OPERANDS_H
#define AMBISPIKE_EMULATED_OPERANDS_H

#include <stdint.h>

#include <vector>

// In which type an array lies.
enum class Number { kFloat, kBf16, kInt8, kInt32 };

// What the multipliers see of an f32 operand: all of it, or 10 bits of its fraction.
enum class Operand { kWhole, kTf32 };

// The array as the multipliers see it.
std::vector<float> operands(const void* array,  // [count] of this type
                            int64_t count, Number number, Operand operand);

// array = factor * sums + kept * array, rounded to nearest; with kept 0 the array is not read.
void write_back(void* array,        // [count] of this type
                const double* sums, // [count]
                int64_t count, Number number, double factor, double kept);

// Marks a library's workspace as used: whoever else keeps something there will find NaN.
void spoil(void* workspace, int64_t bytes);

#endif  // AMBISPIKE_EMULATED_OPERANDS_H

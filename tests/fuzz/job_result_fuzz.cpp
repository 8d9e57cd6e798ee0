// SPDX-License-Identifier: LGPL-2.1-or-later
// What a job that read a hostile image tells the service: any bytes are refused by berth::Error, or
// what is written from them reads back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <berth/error.hpp>
#include <spec/job.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using berth::spec::dump_job_result;
    using berth::spec::parse_job_result;
    try {
        const std::string text = dump_job_result(
            parse_job_result(std::string_view(reinterpret_cast<const char*>(data), size)));
        if (dump_job_result(parse_job_result(text)) != text) std::abort();
    } catch (const berth::Error&) {
        // Refused, with a reason.
    }
    return 0;
}

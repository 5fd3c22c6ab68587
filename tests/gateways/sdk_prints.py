"""What a user's script does: order films through the gateway, print what comes back.

Run with the Python of `.venv-gateways`: ``sdk_prints.py HOW MODEL,MODEL… PROMPT…``. Address
and key come from the environment, as the SDK itself reads them.
"""

import sys

from openai import OpenAI


def main(how: str, models: str, *prompts: str) -> None:
    client = OpenAI(max_retries=0)
    videos = [
        client.videos.create(model=model, prompt=prompt, seconds="4", size="1280x720")
        for model in models.split(",")
        for prompt in prompts
    ]
    if how == "list":
        print(videos)
    for video in [] if how == "list" else videos:
        match how:
            case "repr":
                print(repr(video))
            case "str":
                print(video)
            case "json":
                print(video.model_dump_json())
            case "json-indented":
                print(video.model_dump_json(indent=2))
            case "dict":
                print(video.model_dump())
            case "id":
                print(video.id)
            case "sentence":
                print(f"Created video {video.id} with model {video.model}, status {video.status}.")
            case "assignment":
                print(f"video_id={video.id}")
            case "retrieved":
                print(client.videos.retrieve(video.id))


main(*sys.argv[1:])

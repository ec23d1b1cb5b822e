Grailbird.data.tweets_2013_05 = 
 [
 {
  "source": "web",
  "entities": {
   "user_mentions": [],
   "media": [
    {
     "expanded_url": "http:\/\/twitter.com\/MFAExample\/status\/340303869995274240\/photo\/1",
     "indices": [
      10,
      32
     ],
     "url": "http:\/\/t.co\/aaaaaaaaaa",
     "media_url": "http:\/\/pbs.example.org\/media\/a.jpg",
     "id_str": "340303869999468544",
     "id": 340303869999468544,
     "media_url_https": "https:\/\/pbs.example.org\/media\/a.jpg",
     "sizes": [
      {
       "h": 150,
       "resize": "crop",
       "w": 150
      }
     ],
     "display_url": "pic.twitter.com\/aaaaaaaaaa"
    }
   ],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "id_str": "340303869995274240",
  "text": "Handshake http:\/\/t.co\/aaaaaaaaaa",
  "id": 340303869995274240,
  "created_at": "2013-05-31 03:08:59 +0000",
  "user": {
   "name": "MFA Exampleland",
   "screen_name": "MFAExample",
   "protected": false,
   "id_str": "1197092216",
   "profile_image_url_https": "https:\/\/pbs.example.org\/a.png",
   "id": 1197092216,
   "verified": false
  }
 },
 {
  "source": "web",
  "entities": {
   "user_mentions": [
    {
     "name": "Example Organisation",
     "screen_name": "ExampleOrgIntl",
     "indices": [
      0,
      15
     ],
     "id_str": "1201063383",
     "id": 1201063383
    }
   ],
   "media": [],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "id_str": "339757228766674945",
  "text": "@ExampleOrgIntl Yes &amp; soon",
  "id": 339757228766674945,
  "created_at": "2013-05-29 14:56:50 +0000",
  "in_reply_to_status_id_str": "339737675818991616",
  "in_reply_to_user_id": 1201063383,
  "in_reply_to_status_id": 339737675818991616,
  "in_reply_to_screen_name": "ExampleOrgIntl",
  "in_reply_to_user_id_str": "1201063383",
  "user": {
   "name": "MFA Exampleland",
   "screen_name": "MFAExample",
   "protected": false,
   "id_str": "1197092216",
   "profile_image_url_https": "https:\/\/pbs.example.org\/a.png",
   "id": 1197092216,
   "verified": false
  }
 }
]